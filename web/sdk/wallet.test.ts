import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import fc from 'fast-check'
import { decode } from './decode.js'
import { alice, bob, clock, install, jwt, keyOf, start, tokenFor, who, type Items } from './fixture.js'
import { foreign, malformed, untimely, valid } from './testing/corpus.js'
import { wallet } from './wallet.js'

const yes = (): boolean => true
const skew = 'shapestoken:skew'
const refused = { name: 'ShapesTokenError', code: 'server', retryable: true, message: 'no usable token' }

/** Alice's wallet at a stopped clock. */
function hers(t: TestContext, entries: Items = {}): { items: Items; purse: ReturnType<typeof wallet>; pass: ReturnType<typeof clock> } {
  const pass = clock(t)
  const items = install({ [who]: alice.id, ...entries })
  return { items, purse: wallet(yes), pass }
}

test('entering says who is logged in', () => {
  const items = install()
  const purse = wallet(yes)
  assert.equal(purse.who(), '')
  purse.enter(alice.id)
  assert.deepEqual([purse.who(), items], [alice.id, { [who]: alice.id }])
})

test('entering removes what belongs to others, and nothing else', () => {
  const kept = { [keyOf(bob)]: 'b', cart: '1', 'shapes:omneo:other': '2', [skew]: '3' }
  const items = install({ ...kept, [who]: alice.id, [keyOf(alice)]: 'a', 'omneo:shapesclient:a2c4': '{}' })
  wallet(yes).enter(bob.id)
  assert.deepEqual(items, { ...kept, [who]: bob.id })
})

test('entering again leaves the profile', () => {
  const entries = { [who]: alice.id, [keyOf(alice)]: 'a', 'omneo:shapesclient:a2c4': '{}' }
  const items = install({ ...entries, [keyOf(bob)]: 'b' })
  wallet(yes).enter(alice.id)
  assert.deepEqual(items, entries)
})

test('nobody leaves no token and no profile, even where nobody was', () => {
  const items = install({ [keyOf(alice)]: 'a', 'omneo:shapesclient:a2c4': '{}', 'shapes:omneo:shapestoken:': 'x', cart: '1' })
  wallet(yes).enter('')
  assert.deepEqual(Object.keys(items), ['cart'])
})

for (const [name, text] of Object.entries({ ...malformed, ...foreign, ...untimely })) {
  test(`not held: ${name}`, (t) => {
    const { purse } = hers(t, { [keyOf(alice)]: text })
    assert.equal(purse.held(), undefined)
    assert.equal(purse.held(0), undefined)
  })
}

test('held by those whom it names, and by nobody else', (t) => {
  const { purse, items } = hers(t, { [keyOf(alice)]: valid, [keyOf(bob)]: valid })
  assert.equal(purse.held()?.jwt, valid)
  items[who] = bob.id
  assert.equal(purse.held(), undefined)
})

test('held until 30 seconds before its end, or as near to it as one likes', async (t) => {
  const { purse, pass } = hers(t, { [keyOf(alice)]: valid })
  await pass(869, 1)
  assert.ok(purse.held())
  await pass(1, 1)
  assert.equal(purse.held(), undefined)
  await pass(29, 1)
  assert.ok(purse.held(0))
  await pass(1, 1)
  assert.equal(purse.held(0), undefined)
})

test('a token may be a minute from the future, no more', (t) => {
  const { purse, items } = hers(t)
  for (const [iat, held] of [[start + 60, true], [start + 61, false]] as const) {
    items[keyOf(alice)] = tokenFor(alice, 900, { iat })
    assert.equal(!!purse.held(), held)
  }
})

test('tokens of the old widget are held: no customer, no iat', (t) => {
  const { purse } = hers(t, { [keyOf(alice)]: jwt({ pid: 'p', exp: start + 900 }) })
  assert.ok(purse.held())
})

test('an answer is stored raw, in the place of what was there', (t) => {
  const { purse, items } = hers(t, { [keyOf(alice)]: 'error' })
  purse.accept(decode(valid)!)
  assert.equal(items[keyOf(alice)], valid)
  assert.equal(purse.lasting(), true)
})

for (const [name, text] of Object.entries(foreign)) {
  test(`not accepted: ${name}`, (t) => {
    const { purse, items } = hers(t)
    assert.throws(() => purse.accept(decode(text)!), refused)
    assert.deepEqual(items, { [who]: alice.id })
  })
}

test('not accepted: without an end, or ended before it began', (t) => {
  const { purse, items } = hers(t)
  for (const claims of [{ exp: undefined }, { exp: start, iat: start }, { exp: start - 1 }]) assert.throws(() => purse.accept(decode(tokenFor(alice, 900, claims))!), refused)
  assert.equal(items[keyOf(alice)], undefined)
})

for (const ahead of [-86_400, -3600, -61, 61, 3600, 86_400]) {
  test(`a service whose clock is ${ahead} s ahead is understood`, async (t) => {
    const { purse, items, pass } = hers(t)
    purse.accept(decode(tokenFor(alice, 900, { iat: start + ahead, exp: start + ahead + 900 }))!)
    assert.equal(purse.clock(), start + ahead)
    assert.equal(items[skew], String(ahead))
    await pass(869, 1)
    assert.ok(wallet(yes).held())
    await pass(1, 1)
    assert.equal(wallet(yes).held(), undefined)
  })
}

test('a token without iat leaves no skew', (t) => {
  const { purse, items } = hers(t, { [skew]: '3600' })
  purse.accept(decode(jwt({ pid: 'p', exp: start + 900 }))!)
  assert.equal(items[skew], undefined)
})

test('nonsense for a skew does no more than cost an exchange', (t) => {
  const { purse } = hers(t, { [keyOf(alice)]: valid, [skew]: 'x' })
  assert.equal(purse.held(), undefined)
  purse.accept(decode(valid)!)
  assert.ok(purse.held())
})

test('due at 80 to 90 % of its life, not at the same moment everywhere', (t) => {
  const { purse } = hers(t)
  const due = Array.from({ length: 500 }, () => purse.due({ jwt: '', iat: start, exp: start + 900 }))
  assert.ok(Math.min(...due) >= 720 && Math.max(...due) <= 810)
  assert.ok(Math.max(...due) - Math.min(...due) > 60)
})

test('due 30 seconds before its end if its life is short or not known', (t) => {
  const { purse } = hers(t)
  assert.equal(purse.due({ jwt: '', iat: start, exp: start + 120 }), 90)
  assert.equal(purse.due({ jwt: '', iat: NaN, exp: start + 900 }), 870)
})

test('due by the service\'s clock', (t) => {
  assert.equal(hers(t, { [skew]: '3600' }).purse.due({ jwt: '', iat: start + 3600, exp: start + 3720 }), 90)
})

test('what is stored moves with consent', (t) => {
  clock(t)
  let allowed = false
  const items = install()
  const purse = wallet(() => allowed)
  purse.enter(alice.id)
  purse.accept(decode(tokenFor(alice, 900, { iat: start + 100, exp: start + 1000 }))!)
  assert.deepEqual([items, purse.lasting(), !!purse.held(), purse.clock()], [{}, false, true, start + 100])
  allowed = true
  purse.settle()
  assert.deepEqual([Object.keys(items).sort(), purse.lasting()], [[keyOf(alice), who, skew].sort(), true])
  allowed = false
  purse.settle()
  assert.deepEqual([items, purse.lasting(), purse.who(), !!purse.held(), purse.clock()], [{}, false, alice.id, true, start + 100])
})

const customerIn = (token: string): unknown => (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { customer_id: unknown }).customer_id

test('no text in storage, under any key, makes it throw or hold another customer\'s token', (t) => {
  clock(t)
  const text = fc.oneof(fc.string(), fc.json(), fc.constantFrom(valid, tokenFor(bob), alice.id, bob.id, ...Object.values({ ...malformed, ...foreign })))
  fc.assert(fc.property(text, text, text, text, fc.constantFrom(alice.id, bob.id, ''), (name, ahead, one, other, customer) => {
    install({ [who]: name, [skew]: ahead, [keyOf(alice)]: one, [keyOf(bob)]: other })
    const purse = wallet(yes)
    purse.held()
    purse.enter(customer)
    const held = purse.held()
    if (held) assert.equal(String(customerIn(held.jwt)), customer)
    purse.settle()
    assert.equal(purse.who(), customer)
  }), { numRuns: 1000 })
})
