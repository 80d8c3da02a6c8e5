import assert from 'node:assert/strict'
import test from 'node:test'
import { ShapesTokenError } from './error.js'
import { alice, json, pending, serve, settle } from './fixture.js'
import { flight } from './flight.js'
import { session } from './session.js'

const start = (): ReturnType<typeof flight> => flight(session(alice))
const never = new Promise<Response>(() => {})

test('arrives with the token and leaves no timer behind', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const calls = serve(() => json({ token: 'abc' }))
  assert.equal(await start().arrival, 'abc')
  t.mock.timers.tick(60_000)
  assert.equal(calls[0]!.init.signal!.aborted, false)
})

test('gives up after 8 seconds, even where fetch ignores the signal', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const calls = serve(() => never)
  const { arrival } = start()
  let settled = false
  arrival.catch(() => (settled = true))
  t.mock.timers.tick(7999)
  await settle()
  assert.equal(settled, false)
  t.mock.timers.tick(1)
  await assert.rejects(arrival, { code: 'timeout', message: /api\.acme\.example did not answer within 8 s/ })
  assert.equal(calls[0]!.init.signal!.aborted, true)
})

test('gives up on an answer whose body never ends', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  serve(() => new Response(new ReadableStream({})))
  const { arrival } = start()
  await settle()
  t.mock.timers.tick(8000)
  await assert.rejects(arrival, { code: 'timeout' })
})

test('stop ends the request and says why', async () => {
  const calls = serve(() => never)
  const { arrival, stop } = start()
  const why = new ShapesTokenError('aborted', 'x')
  stop(why)
  await assert.rejects(arrival, why)
  assert.equal(calls[0]!.init.signal!.aborted, true)
})

test('stop after the arrival changes nothing', async () => {
  const answer = pending<Response>()
  serve(() => answer.promise)
  const { arrival, stop } = start()
  answer.resolve(json({ token: 'abc' }))
  await arrival
  stop(new ShapesTokenError('aborted', 'x'))
  assert.equal(await arrival, 'abc')
})
