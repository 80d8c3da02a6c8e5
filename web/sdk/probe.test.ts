import assert from 'node:assert/strict'
import test from 'node:test'
import { answer, open, serve } from './fixture.js'
import { probe } from './probe.js'

open()

test('a service that is up does not list the origin', async () => {
  const calls = serve(() => answer('', 0))
  assert.equal(await probe('https://id.example.com'), 'up: shapestoken origin add <tenant> https://shop.example')
  assert.deepEqual(calls, [{ url: 'https://id.example.com', init: { mode: 'no-cors' } }])
})

test('one that cannot be reached is down, or not allowed by the page', async () => {
  serve(() => Promise.reject(new TypeError('x')))
  assert.equal(await probe('https://id.example.com'), 'down or blocked by a CSP')
})
