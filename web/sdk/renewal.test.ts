import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { alice, answer, bob, clock, install, json, keyOf, open, outcome, pending, serve, session, settle, start, tokenFor, tokensIn, who, type Call, type Items } from './fixture.js'
import { renewal } from './renewal.js'
import { wallet, type Wallet } from './wallet.js'

const marker = ({ id, signature }: typeof alice, time = start): string => `<script data-shapestoken="0.2.0" data-state="customer" data-id="${id}" data-signature="${signature}" data-timestamp="${time}">`
const guest = '<script data-shapestoken="0.2.0" data-state="guest">'
const dated = (age: number): typeof session => ({ ...session, timestamp: String(start - age), shop: 'acme.myshopify.com' })
const isSection = ({ url }: Call): boolean => url.includes('section_id')

/** Alice's wallet at a stopped clock, a service, and what the shop renders. */
function stage(t: TestContext, section: () => Response | Promise<Response> = () => answer(marker({ ...alice, signature: 'new' }))): { pass: ReturnType<typeof clock>; items: Items; purse: Wallet; calls: Call[] } {
  const pass = clock(t)
  const items = install({ [who]: alice.id })
  open()
  const calls = serve((call) => (isSection(call) ? section() : json({ token: tokenFor(alice) })))
  return { pass, items, purse: wallet(() => true), calls }
}

const bodies = (calls: Call[]): unknown[] => calls.filter((call) => !isSection(call)).map(({ init }) => JSON.parse(String(init.body)))

test('an exchange whose token is stored', async (t) => {
  const { items, purse, calls } = stage(t)
  const { jwt } = await renewal(session, purse)()
  assert.deepEqual([items[keyOf(alice)], calls.length], [jwt, 1])
})

for (const before of [undefined, tokenFor(alice, 800)]) {
  test(`a token that another tab has stored since will do, where there was ${before ? 'one' : 'none'}`, async (t) => {
    const { items, purse, calls } = stage(t)
    if (before) items[keyOf(alice)] = before
    const work = renewal(session, purse)
    const theirs = items[keyOf(alice)] = tokenFor(alice)
    assert.equal((await work()).jwt, theirs)
    assert.equal(calls.length, 0)
  })
}

test('the token that there was will not', async (t) => {
  const { items, purse, calls } = stage(t)
  const old = items[keyOf(alice)] = tokenFor(alice, 800)
  assert.notEqual((await renewal(session, purse)()).jwt, old)
  assert.equal(calls.length, 1)
})

for (const [age, signed] of [[60, false], [61, true], [900, true], [-3600, false]] as const) {
  test(`a signature ${age} s old is ${signed ? 'made anew' : 'used as it is'}`, async (t) => {
    const { purse, calls } = stage(t)
    await renewal(dated(age), purse)()
    assert.equal(calls.some(isSection), signed)
    assert.deepEqual(bodies(calls), [{ id: alice.id, signature: signed ? 'new' : alice.signature, timestamp: String(start - (signed ? 0 : age)), shop: 'acme.myshopify.com' }])
  })
}

test('its age is told by the service\'s clock', async (t) => {
  const { items, purse, calls } = stage(t)
  items['shapestoken:skew'] = '-3600'
  await renewal(dated(3600), purse)()
  assert.equal(calls.length, 1)
})

test('an undated signature does not age', async (t) => {
  const { purse, calls } = stage(t)
  await renewal(session, purse)()
  assert.equal(calls.length, 1)
})

for (const [name, section] of Object.entries({
  'is missing': () => answer('<html>', 404), 'cannot be had': () => Promise.reject(new TypeError('x')), 'does not come': () => new Promise<Response>(() => {}),
})) {
  test(`where the section ${name} the old signature has to do`, async (t) => {
    const { pass, purse, calls } = stage(t, section)
    const end = outcome(renewal(dated(100), purse)())
    await pass(8)
    assert.ok(end.value)
    assert.deepEqual(bodies(calls), [{ id: alice.id, signature: alice.signature, timestamp: String(start - 100), shop: 'acme.myshopify.com' }])
  })
}

for (const [name, text] of [['guest', guest], ['customer', marker(bob)]] as const) {
  test(`the shop says that another ${name} is there now: no exchange, and nothing is kept`, async (t) => {
    const { items, purse, calls } = stage(t, () => answer(text))
    items[keyOf(alice)] = tokenFor(alice, 10)
    await assert.rejects(renewal(dated(100), purse)(), { code: 'aborted' })
    assert.deepEqual([bodies(calls), tokensIn(items)], [[], []])
    assert.notEqual(purse.who(), alice.id)
  })
}

for (const [name, next] of [['nobody', ''], ['another customer', bob.id]] as const) {
  test(`before it begins ${name} has come: their token is not taken for hers`, async (t) => {
    const { items, purse, calls } = stage(t)
    purse.enter(next)
    items[keyOf({ id: next })] = tokenFor({ id: next })
    await assert.rejects(renewal(session, purse)(), { code: 'aborted' })
    assert.equal(calls.length, 0)
  })

  for (const [said, text] of [['she is still there', marker(alice)], ['a guest is', guest], ['he is', marker(bob)]] as const) {
    test(`while the section is on its way ${name} has come: that it says ${said} changes nothing`, async (t) => {
      const section = pending<Response>()
      const { items, purse, calls } = stage(t, () => section.promise)
      const end = outcome(renewal(dated(100), purse)())
      purse.enter(next)
      section.resolve(answer(text))
      await settle()
      assert.equal(end.value, 'aborted')
      assert.deepEqual([purse.who(), tokensIn(items), bodies(calls)], [next, [], []])
    })
  }

  test(`while the exchange is on its way ${name} has come: its token is dropped`, async (t) => {
    const { items, purse } = stage(t)
    const reply = pending<Response>()
    serve(() => reply.promise)
    const end = outcome(renewal(session, purse)())
    purse.enter(next)
    reply.resolve(json({ token: tokenFor(alice) }))
    await settle()
    assert.deepEqual([end.value, tokensIn(items), purse.who()], ['aborted', [], next])
  })
}

for (const [name, token] of Object.entries({ 'another customer\'s': tokenFor(bob), 'an expired': tokenFor(alice, -1) })) {
  test(`an answer with ${name} token: server`, async (t) => {
    const { items, purse } = stage(t)
    serve(() => json({ token }))
    await assert.rejects(renewal(session, purse)(), { code: 'server', retryable: true, message: 'no usable token' })
    assert.deepEqual(tokensIn(items), [])
  })
}

test('no answer in 8 seconds: timeout', async (t) => {
  const { pass, purse } = stage(t)
  const calls = serve(() => new Promise(() => {}))
  const end = outcome(renewal(session, purse)())
  await pass(8)
  assert.deepEqual([end.value, calls[0]!.init.signal!.aborted], ['timeout', true])
})
