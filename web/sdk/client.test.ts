import assert from 'node:assert/strict'
import test from 'node:test'
import { client } from './client.js'
import { alice, bob, install, json, keyOf, listen, pending, serve, service, settle, started, tokenFor } from './fixture.js'

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
