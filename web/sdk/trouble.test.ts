// What the four functions do when something goes wrong around them.
import assert from 'node:assert/strict'
import test from 'node:test'
import { client } from './client.js'
import { alice, bob, define, install, json, keyOf, listen, serve, service, settle, started, tokenFor, type Refusal } from './fixture.js'

const failures: [string, () => Response | Promise<Response>, object][] = [
  ['a refusal', () => json({ error: 'invalid_signature', message: 'No.', request_id: 'r1' }, 401), { code: 'rejected', status: 401, reason: 'invalid_signature', requestId: 'r1', message: 'No.' }],
  ['too many requests', () => json({}, 429), { code: 'rate_limited', status: 429 }],
  ['a broken service', () => new Response('<html>', { status: 502 }), { code: 'server', status: 502 }],
  ['a token of somebody else', () => json({ token: tokenFor(bob) }), { code: 'server' }],
  ['an expired token', () => json({ token: tokenFor(alice, -60) }), { code: 'server' }],
  ['a page of a captive portal', () => new Response('<html>Log in</html>'), { code: 'server' }],
  ['no network', () => Promise.reject(new TypeError('Failed to fetch')), { code: 'network' }],
]
for (const [name, answer, expected] of failures) {
  test(`${name} rejects, is told once, and stores nothing`, async (t) => {
    const items = install()
    const warnings = listen(t)
    serve(answer)
    await assert.rejects(started().token(), { name: 'ShapesTokenError', ...expected })
    await settle()
    assert.equal(items.size, 0)
    assert.equal(warnings().length, 1)
    assert.match(warnings()[0]!, /^\[shapestoken\] \w+: /)
  })
}

test('after a failure the next call tries again', async (t) => {
  install()
  listen(t)
  let up = false
  serve(() => (up ? json({ token: tokenFor(alice) }) : json({}, 500)))
  const { token } = started()
  await assert.rejects(token(), { code: 'server' })
  up = true
  assert.ok(await token())
})

test('an answer that never comes is a timeout', async (t) => {
  install()
  const warnings = listen(t)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  serve(() => new Promise(() => {}))
  const waiting = started().token()
  await settle()
  t.mock.timers.tick(8000)
  await assert.rejects(waiting, { code: 'timeout' })
  await settle()
  assert.match(warnings()[0]!, /timeout/)
})

const junk: unknown[] = [
  undefined, null, 0, 'x', true, [], {}, Symbol('x'), () => 1, 1n, { customerId: {} }, { customerId: '1' }, { customerId: 1e300 },
  { customerId: alice.customerId, endpoint: 5 }, { ...alice, signature: 5 }, { get customerId() { throw new Error('boo') } },
  new Proxy({}, { get() { throw new Error('boo') } }),
]
for (const options of junk) {
  test(`init(${typeof options === 'object' ? 'some object' : String(options)}) does not throw and makes no call`, async (t) => {
    install({ [keyOf(bob)]: tokenFor(bob) }, ['removeItem'])
    listen(t)
    const calls = service()
    const { init, token, peek } = client()
    init(options as object)
    const outcome = await token().catch((why: { code: string }) => why.code)
    assert.ok(outcome === null || outcome === 'config')
    assert.equal(peek(), null)
    assert.equal(calls.length, 0)
  })
}

test('a mistake in init is told, and a later good init works', async (t) => {
  install()
  const warnings = listen(t)
  const calls = service()
  const { init, token } = client()
  init({ ...alice, endpoint: 'acme' })
  await assert.rejects(token(), { code: 'config' })
  assert.equal(calls.length, 0)
  init(alice)
  assert.equal(calls.length, 1)
  assert.ok(await token())
  assert.equal(warnings().length, 1)
  assert.match(warnings()[0]!, /config: endpoint/)
})

test('options that are no object are told', async (t) => {
  install()
  const warnings = listen(t)
  const { init, token } = client()
  init('https://api.acme.example' as unknown as object)
  await assert.rejects(token(), { code: 'config' })
  assert.match(warnings()[0]!, /config: init needs an object/)
})

const broken: Refusal[][] = [['getItem'], ['setItem'], ['removeItem'], ['key'], ['length'], ['localStorage']]
broken.push(broken.flat())
for (const refusals of broken) {
  test(`works where localStorage throws at ${refusals}`, async () => {
    install({}, refusals)
    const calls = service()
    const { init, token, peek, clear } = started()
    const jwt = await token()
    assert.ok(jwt)
    if (!refusals.includes('getItem')) assert.equal(peek(), jwt)
    clear()
    if (!refusals.includes('removeItem') && !refusals.includes('key') && !refusals.includes('length')) assert.equal(peek(), null)
    init(bob)
    assert.notEqual(await token(), jwt)
    assert.ok(calls.length >= 2)
  })
}

test('nothing secret is written or thrown, whatever the service says', async (t) => {
  const jwt = tokenFor(alice)
  const secrets = [alice.signature, jwt, jwt.split('.')[1]!]
  const written: unknown[] = []
  for (const level of ['log', 'info', 'debug', 'warn', 'error'] as const) t.mock.method(console, level, (...all: unknown[]) => written.push(...all))
  define('document', { value: new Proxy({}, { set: () => assert.fail('the document was touched') }) })
  const bodies = [`{"token":"${jwt}`, `{"message":"${jwt} ${alice.signature}","error":"${alice.signature}","request_id":"${jwt}"}`, `{"token":"${jwt}x.y"}`]
  for (const body of bodies) {
    for (const status of [200, 401, 500]) {
      install()
      serve(() => new Response(body, { status }))
      await started().token().catch((why: Error) => written.push(why.message, why.stack, JSON.stringify(why), String(why.cause)))
    }
  }
  assert.ok(written.length >= 9 * 5)
  for (const secret of secrets) assert.ok(!written.join('\n').includes(secret))
  delete (globalThis as { document?: unknown }).document
})
