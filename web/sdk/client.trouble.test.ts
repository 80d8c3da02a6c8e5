// What comes of failures, and what is told of them.
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { ShapesTokenError } from './error.js'
import { alice, answer, bob, json, jwt, keyOf, outcome, pending, serve, service, settle, stage, start, started, tokenFor, who } from './fixture.js'

const refuse = (): Response => json({ error: 'invalid_signature', message: 'the signature is wrong', request_id: 'r-1' }, 401)
const almost = jwt({ pid: 'p', customer_id: alice.id, iat: start - 880, exp: start + 20 })

test('a refusal is told once, and nothing is asked again unasked', async (t) => {
  const { pass, events, lines, window } = stage(t)
  const calls = serve(refuse)
  const { token } = started()
  await pass(7200, 10)
  window.dispatchEvent(new Event('pageshow'))
  await pass(1)
  assert.deepEqual([calls.length, lines], [1, ['[shapestoken] rejected: the signature is wrong (request r-1)']])
  assert.equal(events.length, 1)
  assert.ok(events[0]![1] instanceof ShapesTokenError)
  await assert.rejects(token(), { code: 'rejected', status: 401, reason: 'invalid_signature', requestId: 'r-1' })
  assert.equal(calls.length, 2)
})

test('init after a refusal asks again', async (t) => {
  const { pass } = stage(t)
  const calls = serve(refuse)
  const { init } = started()
  await pass(1)
  init({ ...alice, signature: 'f0'.repeat(32) })
  await pass(1)
  assert.equal(calls.length, 2)
})

for (const [random, pause] of [[0, 60], [0.999, 119.94]] as const) {
  test(`after a failure that may pass, ${Math.round(pause)} s go by unasked`, async (t) => {
    t.mock.method(Math, 'random', () => random)
    const { pass, lines } = stage(t)
    const calls = serve(() => json({}, 503))
    started()
    await pass(8, 0.01)
    assert.deepEqual([calls.length, lines.length], [4, 1])
    const since = 7 * random
    await pass(pause + since - 8 - 0.2, 0.1)
    assert.equal(calls.length, 4)
    await pass(0.5, 0.1)
    assert.ok(calls.length > 4)
  })
}

test('an outage that ends is over for the page, too', async (t) => {
  const { pass } = stage(t)
  serve(() => Promise.reject(new TypeError('x')))
  const { peek } = started()
  await pass(30)
  service()
  await pass(120)
  assert.ok(peek())
})

test('config is told without a request', async (t) => {
  const { pass, lines } = stage(t)
  const calls = service()
  for (const options of [{ id: 'x' }, { ...alice, endpoint: '' }]) {
    await assert.rejects(started(options).token(), { code: 'config', message: 'no usable id, endpoint or proxy' })
    await pass(300, 5)
    assert.match(lines.pop()!, /config: no usable id, endpoint or proxy/)
  }
  assert.deepEqual([calls.length, lines], [0, []])
})

for (const [name, reply] of Object.entries({ 'fails': () => json({}, 500), 'is unreachable': () => Promise.reject(new TypeError('x')), 'raves': () => answer('<'), 'refuses': refuse, 'hangs': () => new Promise<Response>(() => {}) })) {
  test(`a token with a few seconds left is better than none when the service ${name}`, async (t) => {
    const { pass } = stage(t, { [who]: alice.id, [keyOf(alice)]: almost })
    serve(reply)
    const { token, peek } = started()
    const [any, fresh] = [outcome(token()), outcome(token({ fresh: true }))]
    await pass(10)
    assert.equal(peek(), null)
    await pass(30)
    assert.notEqual(fresh.value, almost)
    assert.equal(any.value, almost)
  })

  test(`a good token stays in use when its replacement ${name}`, async (t) => {
    const old = tokenFor(alice, 900, { iat: start })
    const { pass, window } = stage(t, { [who]: alice.id, [keyOf(alice)]: old })
    const { token, peek } = started()
    serve(reply)
    t.mock.timers.setTime((start + 840) * 1000)
    window.dispatchEvent(new Event('pageshow'))
    await pass(15)
    assert.deepEqual([peek(), await token()], [old, old])
  })
}

test('fresh passes over the stored token, and stores the next', async (t) => {
  const old = tokenFor(alice, 900, { iat: start })
  const { items } = stage(t, { [who]: alice.id, [keyOf(alice)]: old })
  const calls = service()
  const { token } = started()
  const next = await token({ fresh: true })
  assert.deepEqual([next === old, items[keyOf(alice)] === next, await token() === next, calls.length], [false, true, true, 1])
  for (const request of [{ fresh: false }, {}, undefined, null, 0]) assert.equal(await token(request as object), next)
  assert.equal(calls.length, 1)
})

test('fresh fails rather than hand out the old token', async (t) => {
  const { pass } = stage(t, { [who]: alice.id, [keyOf(alice)]: tokenFor(alice, 900, { iat: start }) })
  serve(refuse)
  const end = outcome(started().token({ fresh: true }))
  await pass(1)
  assert.equal(end.value, 'rejected')
})

test('a caller\'s signal ends their wait, nobody else\'s', async (t) => {
  const { items, lines } = stage(t)
  const reply = pending<Response>()
  const calls = serve(() => reply.promise)
  const abort = new AbortController()
  const { token } = started()
  const [hers, theirs, late] = [outcome(token({ signal: abort.signal })), outcome(token()), outcome(token({ signal: AbortSignal.abort() }))]
  await settle()
  abort.abort()
  await settle()
  assert.deepEqual([hers.value, late.value, theirs], ['aborted', 'aborted', {}])
  reply.resolve(json({ token: tokenFor(alice) }))
  await settle()
  assert.deepEqual([theirs.value, calls.length, lines], [items[keyOf(alice)], 1, []])
})

test('a service whose tokens live 20 seconds still works', async (t) => {
  stage(t)
  const calls = service(20)
  const { token } = started()
  assert.ok(await token())
  assert.ok(await token())
  assert.equal(calls.length, 2)
})

const secrets = [alice.signature, 'c0ffee'.padEnd(64, '7'), tokenFor(alice), tokenFor(bob, 900, { jti: 'canary' })]
const echo = fc.record({
  status: fc.constantFrom(200, 400, 401, 403, 429, 500, 503),
  error: fc.constantFrom(...secrets), message: fc.tuple(fc.string(), fc.constantFrom(...secrets), fc.string()).map((parts) => parts.join(' ')), request_id: fc.constantFrom(...secrets),
  token: fc.constantFrom(...secrets, undefined), lost: fc.boolean(), debug: fc.boolean(),
})

test('no error, event or line of the console, debugging or not, holds more of a secret than its last four characters', async (t) => {
  const { pass, lines, events } = stage(t)
  await fc.assert(fc.asyncProperty(echo, async ({ status, lost, debug, ...body }) => {
    lines.length = events.length = 0
    serve(() => (lost ? Promise.reject(new TypeError('x')) : json(body, status)))
    const script = started({ ...alice, debug })
    const failure = script.token().then(() => undefined, (error: Error) => error)
    await pass(40, 5)
    const error = await failure
    const told = [...lines, ...events.map(([, detail]) => JSON.stringify(detail) + String(detail.message) + String(detail.stack)), JSON.stringify({ ...error }), String(error?.message), String(error?.stack)].join('\n')
    for (const secret of secrets) assert.ok(!told.includes(secret.slice(-5)) && !told.includes(secret.slice(0, 10)))
    script.clear()
  }), { numRuns: 200 })
})

test('debugging tells the steps', async (t) => {
  const { lines } = stage(t)
  service()
  const found = await started({ ...alice, debug: 'true' }).token()
  assert.deepEqual(lines, [`[shapestoken] {"id":"${alice.id}","signature":"…a1a1"}`, '[shapestoken] …' + found!.slice(-4)])
})
