// Who gets which token, and what is left behind.
import assert from 'node:assert/strict'
import test from 'node:test'
import { client } from './client.js'
import { alice, bob, clock, install, json, jwt, keyOf, listen, open, outcome, pending, serve, service, settle, stage, start, started, tokenFor, tokensIn, who, type Refusal } from './fixture.js'
import { foreign, malformed, untimely } from './testing/corpus.js'

test('before init there is nobody', async (t) => {
  stage(t, { [who]: alice.id, [keyOf(alice)]: tokenFor(alice) })
  const calls = service()
  const { token, peek } = client()
  assert.deepEqual([await token(), peek(), calls.length], [null, null, 0])
})

test('a guest: no call, no token, and what others left is removed', async (t) => {
  const { items, events } = stage(t, { [who]: alice.id, [keyOf(alice)]: tokenFor(alice), 'omneo:shapesclient:a2c4': '{}', cart: '1' })
  const calls = service()
  const { token, peek } = started({ endpoint: alice.endpoint })
  assert.deepEqual([await token(), peek(), calls.length, items, events], [null, null, 0, { cart: '1' }, []])
})

test('a customer: the token is fetched at once, stored raw, and told of without being shown', async (t) => {
  const { items, events, pass, lines } = stage(t)
  const calls = service()
  const { token, peek } = started()
  assert.equal(peek(), null)
  await pass(0)
  assert.equal(calls.length, 1)
  const found = await token()
  assert.deepEqual([items[keyOf(alice)], peek(), calls.length, items[who], lines], [found, found, 1, alice.id, []])
  assert.deepEqual(events, [['token', { customerId: alice.id, expiry: start + 900, persistent: true }]])
})

test('a stored token needs no call', async (t) => {
  const found = tokenFor(alice, 900, { iat: start })
  const { pass } = stage(t, { [who]: alice.id, [keyOf(alice)]: found })
  const calls = service()
  const { token, peek } = started()
  assert.equal(peek(), found)
  assert.equal(await token(), found)
  await pass(60)
  assert.equal(calls.length, 0)
})

test('a token of the old widget, without customer or iat, needs no call either', async (t) => {
  const found = jwt({ pid: 'p', exp: start + 900 })
  const { pass } = stage(t, { [keyOf(alice)]: found })
  const calls = service()
  assert.equal(await started().token(), found)
  await pass(800)
  assert.equal(calls.length, 0)
})

for (const [name, stored] of Object.entries({ ...malformed, ...foreign, ...untimely, 'about to expire': jwt({ pid: 'p', customer_id: alice.id, iat: start - 880, exp: start + 20 }) })) {
  test(`in storage, ${name}: one exchange replaces it`, async (t) => {
    const { items } = stage(t, { [who]: alice.id, [keyOf(alice)]: stored })
    const calls = service()
    const found = await started().token()
    assert.deepEqual([items[keyOf(alice)], calls.length, found === stored], [found, 1, false])
  })
}

test('100 callers share one exchange', async (t) => {
  stage(t)
  const calls = service()
  const { token } = started()
  const all = await Promise.all(Array.from({ length: 100 }, () => token()))
  assert.deepEqual([new Set(all).size, calls.length], [1, 1])
})

test('init again for the same customer fetches nothing and tells nothing', async (t) => {
  const { events, pass } = stage(t)
  const calls = service()
  const { init, token } = started()
  await token()
  init(alice)
  init({ ...alice, signature: 'f0'.repeat(32) })
  await pass(60)
  assert.deepEqual([calls.length, events.length], [1, 1])
})

test('a newer signature is used at the next exchange', async (t) => {
  stage(t)
  const calls = service()
  const { init, token } = started()
  await token()
  init({ ...alice, signature: 'f0'.repeat(32) })
  await token({ fresh: true })
  assert.match(String(calls.at(-1)!.init.body), /f0f0/)
})

test('another customer takes over', async (t) => {
  const { items, events } = stage(t)
  service()
  const { init, token, peek } = started()
  await token()
  items['omneo:shapesclient:a2c4'] = '{}'
  init(bob)
  assert.equal(peek(), null)
  const found = await token()
  assert.deepEqual([tokensIn(items), items[keyOf(bob)], items[who], 'omneo:shapesclient:a2c4' in items], [[bob.id], found, bob.id, false])
  assert.deepEqual(events.map(([name, { customerId }]) => [name, customerId]), [['token', alice.id], ['cleared', alice.id], ['token', bob.id]])
})

for (const [name, end] of Object.entries({ 'a logout in the page': (script: ReturnType<typeof client>) => script.init({}), 'clear': (script: ReturnType<typeof client>) => script.clear() })) {
  test(`${name}: nothing is left, and nothing comes`, async (t) => {
    const { items, events, pass } = stage(t, { 'omneo:shapesclient:a2c4': '{}' })
    const calls = service()
    const script = started()
    await script.token()
    end(script)
    assert.deepEqual([await script.token(), script.peek(), tokensIn(items), items[who]], [null, null, [], undefined])
    assert.deepEqual(events.at(-1), ['cleared', { customerId: alice.id }])
    end(script)
    await pass(1000, 10)
    assert.deepEqual([calls.length, events.length], [1, 2])
  })
}

test('after clear, init starts anew', async (t) => {
  stage(t)
  service()
  const { token, clear, init } = started()
  const first = await token()
  clear()
  init(alice)
  assert.notEqual(await token(), first)
})

for (const [name, now] of [['logged out', ''], ['logged in as somebody else', bob.id]] as const) {
  test(`a page whose customer has ${name} elsewhere has no token, and says so`, async (t) => {
    const { items, events, window } = stage(t)
    service()
    const { token, peek } = started()
    await token()
    if (now) Object.assign(items, { [who]: now, [keyOf(bob)]: tokenFor(bob) })
    else delete items[who]
    window.dispatchEvent(new Event('storage'))
    assert.deepEqual(events.at(-1), ['cleared', { customerId: alice.id }])
    assert.deepEqual([await token(), await token({ fresh: true }), peek(), tokensIn(items), items[who] ?? ''], [null, null, null, now ? [now] : [], now])
  })

  for (const [reply, answer] of Object.entries({ 'a token': () => json({ token: tokenFor(alice) }), 'a refusal': () => json({}, 401) })) {
    test(`who has ${name} elsewhere during an exchange that ends with ${reply} gets no token, least of all another's`, async (t) => {
      const { items, lines } = stage(t)
      const reply = pending<Response>()
      serve(() => reply.promise)
      const end = outcome(started().token())
      await settle()
      if (now) Object.assign(items, { [who]: now, [keyOf(bob)]: tokenFor(bob) })
      else delete items[who]
      reply.resolve(answer())
      await settle()
      assert.deepEqual([end.value, tokensIn(items), lines], [answer().ok ? 'aborted' : 'rejected', now ? [now] : [], []])
    })
  }
}

const interruptions: [string, (script: ReturnType<typeof client>) => void, string[]][] = [
  ['clear', (script) => script.clear(), []], ['a logout', (script) => script.init({}), []], ['another customer', (script) => script.init(bob), [bob.id]],
]
for (const [name, interrupt, left] of interruptions) {
  test(`${name} during an exchange throws away what comes back`, async (t) => {
    const { items, lines } = stage(t)
    const reply = pending<Response>()
    serve(({ init }) => (String(init.body).includes(alice.id) ? reply.promise : json({ token: tokenFor(bob) })))
    const script = started()
    const end = outcome(script.token())
    await settle()
    interrupt(script)
    reply.resolve(json({ token: tokenFor(alice) }))
    await settle()
    assert.deepEqual([end.value, tokensIn(items), lines], ['aborted', left, []])
  })

  // The answer has been read, but its turn to be stored has not come yet: the
  // interruption is tried at every step on the way.
  for (let steps = 0; steps < 20; steps++) {
    test(`${name}, ${steps} steps after the answer`, async (t) => {
      const { items } = stage(t)
      const reply = pending<Response>()
      serve(({ init }) => (String(init.body).includes(alice.id) ? reply.promise : json({ token: tokenFor(bob) })))
      const script = started()
      const end = outcome(script.token())
      await settle()
      const made = tokenFor(alice)
      reply.resolve(json({ token: made }))
      for (let n = 0; n < steps; n++) await Promise.resolve()
      interrupt(script)
      await settle()
      assert.ok(end.value === 'aborted' || end.value === made)
      assert.deepEqual(tokensIn(items), left)
    })
  }
}

const refusals: Refusal[][] = [['get'], ['set'], ['delete'], ['enumerate'], ['get', 'set', 'delete', 'enumerate'], ['localStorage']]
for (const refused of refusals) {
  test(`where storage refuses ${refused}, a token is had all the same, by one exchange`, async (t) => {
    const { events, pass } = stage(t, { [who]: bob.id, [keyOf(bob)]: tokenFor(bob) }, refused)
    const calls = service()
    const { token, peek, clear } = started()
    const found = await token()
    assert.ok(found)
    await pass(60)
    assert.deepEqual([await token(), peek(), calls.length], [found, found, 1])
    assert.deepEqual(events[0]![1].persistent, !/get|set|localStorage/.test(String(refused)))
    clear()
    assert.deepEqual([await token(), peek()], [null, null])
  })
}

test('without any localStorage, too', async (t) => {
  stage(t)
  Reflect.deleteProperty(globalThis, 'localStorage')
  service()
  assert.ok(await started().token())
})

test('on a server nothing happens', async (t) => {
  clock(t)
  listen(t)
  for (const name of ['window', 'document', 'localStorage', 'navigator', 'location']) Reflect.deleteProperty(globalThis, name)
  const calls = service()
  const { token, peek, clear, init } = started()
  clear()
  init({})
  assert.deepEqual([await token(), peek(), calls.length], [null, null, 0])
})

test('init never throws, whatever it is given', (t) => {
  stage(t)
  service()
  for (const options of [undefined, null, 1, 'x', {}, { id: Symbol('x') }, { id: { toString() { throw new Error('x') } } }, { get id() { throw new Error('x') } }]) started(options as object)
  install()
  open()
})
