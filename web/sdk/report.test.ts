import assert from 'node:assert/strict'
import test from 'node:test'
import { ShapesTokenError } from './error.js'
import { alice, answer, listen, open, serve, session, settle } from './fixture.js'
import { report } from './report.js'

const network = new ShapesTokenError('network', 'lost', { cause: new TypeError('x') })

test('a failure is told to the console and the page', async (t) => {
  const [{ events }, lines, calls] = [open(), listen(t), serve(() => answer(''))]
  report(session, network)
  await settle()
  assert.deepEqual([lines, events, calls], [['[shapestoken] network: lost'], [['error', network]], []])
})

test('debugging, it finds out what network means', async (t) => {
  open()
  const [lines, calls] = [listen(t), serve(() => answer(''))]
  report({ ...session, debug: true }, network)
  await settle()
  assert.deepEqual([calls[0]!.url, calls[0]!.init.mode], [alice.endpoint, 'no-cors'])
  assert.equal(lines[1], '[shapestoken] shapestoken origin add <tenant> https://shop.example')
})

test('where nothing answers, it says so', async (t) => {
  open()
  const lines = listen(t)
  serve(() => Promise.reject(new TypeError('Failed to fetch')))
  report({ ...session, debug: true }, network)
  await settle()
  assert.equal(lines[1], '[shapestoken] down or a CSP')
})

test('of an app proxy nothing more is to be found out', async (t) => {
  open()
  const [lines, calls] = [listen(t), serve(() => answer(''))]
  report({ ...session, endpoint: '', proxy: '/apps/shapestoken', debug: true }, network)
  await settle()
  assert.deepEqual([lines.length, calls], [1, []])
})

test('other failures speak for themselves', async (t) => {
  open()
  const [lines, calls] = [listen(t), serve(() => answer(''))]
  report({ ...session, debug: true }, new ShapesTokenError('server', 'x'))
  await settle()
  assert.deepEqual([lines.length, calls], [1, []])
})
