import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { client } from './client.js'
import { alice, bob, define, install, json, keyOf, pending, serve, settle, tokenFor, type Call, type Refusal } from './fixture.js'

type Customer = typeof alice

/** Collects what is written to the console; nothing may be, unless a test says so. */
function listen(t: TestContext): () => string[] {
  const { mock } = t.mock.method(console, 'warn', () => {})
  return () => mock.calls.map((call) => String(call.arguments[0]))
}

/** A service that answers every customer with a token of their own. */
function service(seconds = 900): Call[] {
  return serve(({ init }) => {
    const { id } = JSON.parse(String(init.body)) as { id: string }
    return json({ token: tokenFor({ customerId: id }, seconds, { jti: String(Math.random()) }) })
  })
}

function started(customer: Customer = alice): ReturnType<typeof client> {
  const script = client()
  script.init(customer)
  return script
}

test('before init there is nobody', async () => {
  install({ [keyOf(alice)]: tokenFor(alice) })
  const calls = service()
  const { token, peek } = client()
  assert.equal(await token(), null)
  assert.equal(peek(), null)
  assert.equal(calls.length, 0)
})

test('a guest: no call, no token, and what others left is removed', async () => {
  const items = install({ [keyOf(alice)]: tokenFor(alice), 'omneo:shapesclient:a2c4': '{}', cart: '1' })
  const calls = service()
  const { init, token, peek } = client()
  init({ endpoint: alice.endpoint })
  assert.equal(await token(), null)
  assert.equal(peek(), null)
  assert.equal(calls.length, 0)
  assert.deepEqual([...items.keys()], ['cart'])
})

test('a customer: the token is fetched at once and stored raw', async () => {
  const items = install()
  const calls = service()
  const { token, peek } = started()
  assert.equal(calls.length, 1)
  assert.equal(peek(), null)
  const jwt = await token()
  assert.equal(jwt, items.get(keyOf(alice)))
  assert.equal(jwt, peek())
  assert.equal(calls.length, 1)
})

test('a stored token needs no call', async () => {
  const jwt = tokenFor(alice)
  install({ [keyOf(alice)]: jwt })
  const calls = service()
  const { token, peek } = started()
  assert.equal(peek(), jwt)
  assert.equal(await token(), jwt)
  assert.equal(calls.length, 0)
})

for (const stored of ['error', tokenFor(bob), tokenFor(alice, -1), tokenFor(alice, 20)]) {
  test(`a stored ${stored.slice(-6)} that is no good is replaced`, async () => {
    const items = install({ [keyOf(alice)]: stored })
    const calls = service()
    const jwt = await started().token()
    assert.notEqual(jwt, stored)
    assert.equal(items.get(keyOf(alice)), jwt)
    assert.equal(calls.length, 1)
  })
}

test('100 callers share one exchange', async () => {
  install()
  const calls = service()
  const { token } = started()
  const all = await Promise.all(Array.from({ length: 100 }, token))
  assert.equal(new Set(all).size, 1)
  assert.equal(calls.length, 1)
})

test('init again for the same customer fetches nothing, not even after a failure', async (t) => {
  install()
  const warnings = listen(t)
  const calls = serve(() => json({}, 500))
  const { init } = started()
  await settle()
  init(alice)
  init({ ...alice, customerId: alice.customerId })
  await settle()
  assert.equal(calls.length, 1)
  assert.equal(warnings().length, 1)
})

test('a newer signature is used at the next exchange', async () => {
  install()
  const calls = service()
  const { init, token, clear } = started()
  await token()
  init({ ...alice, signature: 'f0'.repeat(32) })
  assert.equal(calls.length, 1)
  clear()
  await token()
  assert.match(String(calls[1]!.init.body), /f0f0/)
})

test('another customer takes over', async () => {
  const items = install()
  const calls = service()
  const { init, token, peek } = started()
  await token()
  items.set('omneo:shapesclient:a2c4', '{}')
  init(bob)
  assert.equal(peek(), null)
  const jwt = await token()
  assert.deepEqual([...items], [[keyOf(bob), jwt]])
  assert.equal(calls.length, 2)
})

test('another customer takes over, even from one who never had a token', async (t) => {
  const items = install({ 'omneo:shapesclient:a2c4': '{}' })
  listen(t)
  serve(() => json({}, 500))
  const { init } = started()
  assert.equal(items.size, 1)
  init(bob)
  assert.equal(items.size, 0)
  await settle()
})

test('a logout in the same page', async () => {
  const items = install()
  service()
  const { init, token, peek } = started()
  await token()
  init({})
  assert.equal(await token(), null)
  assert.equal(peek(), null)
  assert.equal(items.size, 0)
})

const interruptions: [string, (script: ReturnType<typeof client>) => void, string[]][] = [
  ['clear', (script) => script.clear(), []],
  ['another customer', (script) => script.init(bob), [keyOf(bob)]],
  ['a logout', (script) => script.init({}), []],
]
for (const [name, interrupt, left] of interruptions) {
  test(`${name} during a flight throws away what comes back`, async (t) => {
    const items = install()
    const warnings = listen(t)
    const answer = pending<Response>()
    const calls = serve(({ init }) => (String(init.body).includes(alice.customerId) ? answer.promise : json({ token: tokenFor(bob) })))
    const script = started()
    const waiting = script.token()
    interrupt(script)
    assert.equal(calls[0]!.init.signal!.aborted, true)
    await assert.rejects(waiting, { code: 'aborted' })
    answer.resolve(json({ token: tokenFor(alice) }))
    await settle()
    assert.deepEqual([...items.keys()], left)
    assert.deepEqual(warnings(), [])
  })

  // The answer has been read, but its turn to be stored has not come yet: the
  // interruption is tried at every step on the way.
  for (let steps = 0; steps < 12; steps++) {
    test(`${name}, ${steps} steps after the answer`, async (t) => {
      const items = install()
      listen(t)
      const answer = pending<Response>()
      serve(() => answer.promise)
      const script = started()
      const waiting = script.token().then(() => 'token', (why: { code: string }) => why.code)
      answer.resolve({ ok: true, text: () => Promise.resolve(JSON.stringify({ token: tokenFor(alice) })) } as Response)
      for (let n = 0; n < steps; n++) await Promise.resolve()
      const stored = items.has(keyOf(alice))
      interrupt(script)
      assert.equal(await waiting, stored ? 'token' : 'aborted')
      assert.equal(items.has(keyOf(alice)), false)
      await settle()
    })
  }
}

test('a failure that meets a new customer does not hand out their token', async (t) => {
  const items = install()
  listen(t)
  const answer = pending<Response>()
  serve(() => answer.promise)
  const { init, token } = started()
  const waiting = token().then(() => 'token', (why: { code: string }) => why.code)
  items.set(keyOf(bob), tokenFor(bob))
  answer.reject(new TypeError('Failed to fetch'))
  await Promise.resolve()
  init(bob)
  assert.equal(await waiting, 'aborted')
})

test('after clear the next token is a new one', async () => {
  const items = install()
  const calls = service()
  const { token, clear, peek } = started()
  const first = await token()
  items.set('omneo:shapesclient:a2c4', '{}')
  clear()
  assert.equal(peek(), null)
  assert.equal(items.size, 0)
  assert.notEqual(await token(), first)
  assert.equal(calls.length, 2)
})

test('in the last fifth of its life a token is returned without waiting, and renewed', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1795200000_000 })
  const old = tokenFor(alice)
  const items = install({ [keyOf(alice)]: old })
  const answer = pending<Response>()
  const calls = serve(() => answer.promise)
  const { token } = started()
  t.mock.timers.tick(719_000)
  assert.equal(await token(), old)
  assert.equal(calls.length, 0)
  t.mock.timers.tick(1_000)
  assert.equal(await token(), old)
  assert.equal(calls.length, 1)
  answer.resolve(json({ token: tokenFor(alice) }))
  await settle()
  assert.notEqual(items.get(keyOf(alice)), old)
  assert.equal(await token(), items.get(keyOf(alice)))
  assert.equal(calls.length, 1)
})

test('a renewal that fails leaves the old token in use, quietly and without asking again and again', async (t) => {
  const old = tokenFor(alice, 900, { iat: 1 })
  install({ [keyOf(alice)]: old })
  const warnings = listen(t)
  const calls = serve(() => json({}, 503))
  const { token } = started()
  for (let n = 0; n < 5; n++) {
    assert.equal(await token(), old)
    await settle()
  }
  assert.equal(calls.length, 1)
  assert.deepEqual(warnings(), [])
})

for (const [name, answer] of [
  ['fails', () => json({}, 500)], ['is unreachable', () => Promise.reject(new TypeError('x'))], ['answers nonsense', () => json({ token: 'x' })],
] as const) {
  test(`a token with a few seconds left is better than none when the service ${name}`, async (t) => {
    const old = tokenFor(alice, 20)
    install({ [keyOf(alice)]: old })
    listen(t)
    const calls = serve(answer)
    const { token, peek } = started()
    assert.equal(await token(), old)
    assert.equal(peek(), null)
    assert.equal(calls.length, 1)
  })
}

test('a service whose tokens are short-lived still works', async () => {
  install()
  const calls = service(20)
  const { token } = started()
  assert.ok(await token())
  assert.ok(await token())
  assert.equal(calls.length, 2)
})

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
