// What is asked before the script is there.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { createContext, runInContext } from 'node:vm'
import { define, outcome, settle } from '../sdk/fixture.js'
import type { Page } from './page.js'

let copies = 0

/** A page on which the stub has run. */
async function page(before: Page = {}): Promise<Page> {
  define('window', before)
  await import('./stub.js?' + copies++ as string)
  return before
}

test('a call waits in the queue, and is answered when the queue is worked off', async () => {
  const at = await page()
  const request = { fresh: true }
  const [one, two] = [outcome(at.shapestoken!.token!(request)), outcome(at.shapestoken!.token!())]
  await settle()
  assert.deepEqual([one, two, at.shapestoken!.q!.length], [{}, {}, 2])
  const { q } = at.shapestoken!
  const got: unknown[] = []
  at.shapestoken = { token: async (asked) => (got.push(asked), 'jwt') }
  q!.forEach((ask) => ask())
  await settle()
  assert.deepEqual([one.value, two.value, got], ['jwt', 'jwt', [request, undefined]])
})

test('so does a call for a guest\'s token', async () => {
  const at = await page()
  const end = outcome(at.shapestoken!.anonymous!({ fresh: true }))
  const { q } = at.shapestoken!
  at.shapestoken = { token: () => Promise.reject(new TypeError('x')), anonymous: async (request) => JSON.stringify(request) }
  q!.forEach((ask) => ask())
  await settle()
  assert.equal(end.value, '{"fresh":true}')
})

test('a failure is passed on', async () => {
  const at = await page()
  const end = outcome(at.shapestoken!.token!())
  const { q } = at.shapestoken!
  at.shapestoken = { token: () => Promise.reject(new TypeError('x')) }
  q!.forEach((ask) => ask())
  await settle()
  assert.ok(end.value instanceof TypeError)
})

test('it leaves a script alone that is there', async () => {
  const there = { token: async () => 'jwt' }
  assert.equal((await page({ shapestoken: there })).shapestoken, there)
})

test('built, it is as short as promised, and queues', () => {
  const text = readFileSync(new URL('../../dist/stub.js', import.meta.url), 'utf8')
  assert.ok(Buffer.byteLength(text) <= 200)
  const context = createContext({}) as Page & { window?: unknown }
  context.window = context
  runInContext(text, context)
  void context.shapestoken!.token!()
  void context.shapestoken!.anonymous!()
  assert.equal(context.shapestoken!.q!.length, 2)
})
