// A shop that stores preferences only for visitors who let it.
import assert from 'node:assert/strict'
import test from 'node:test'
import { alice, bob, define, service, settle, stage, start, started, tokensIn, who, keyOf, tokenFor } from './fixture.js'

const asked = { ...alice, consent: 'preferences' as const }

/** Shopify's API, with this for an answer until it is given another. */
function privacy(says: boolean): (says: boolean) => void {
  const customerPrivacy = { preferencesProcessingAllowed: () => says }
  define('Shopify', { customerPrivacy, loadFeatures: (_: unknown, done: () => void) => done() })
  return (now) => {
    says = now
    document.dispatchEvent(new Event('visitorConsentCollected'))
  }
}

test('pending: the token lives in memory, and is one exchange all the same', async (t) => {
  const { items, events, pass } = stage(t)
  privacy(false)
  const calls = service()
  const { token, peek } = started(asked)
  const found = await token()
  await pass(60)
  assert.deepEqual([items, peek(), await token(), calls.length], [{}, found, found, 1])
  assert.deepEqual(events, [['token', { customerId: alice.id, expiry: start + 900, persistent: false }]])
})

test('pending: of an earlier customer nothing is left, not even that they were there', async (t) => {
  const { items } = stage(t, { [who]: bob.id, [keyOf(bob)]: tokenFor(bob) })
  privacy(false)
  service()
  await started(asked).token()
  assert.deepEqual(items, {})
})

test('granted: it is stored at once', async (t) => {
  const { items, events } = stage(t)
  privacy(true)
  service()
  await started(asked).token()
  assert.deepEqual([tokensIn(items), items[who], events[0]![1].persistent], [[alice.id], alice.id, true])
})

test('granted later: it moves to storage, without another exchange', async (t) => {
  const { items } = stage(t)
  const answer = privacy(false)
  const calls = service()
  const { token } = started(asked)
  const found = await token()
  answer(true)
  assert.deepEqual([items[keyOf(alice)], items[who], await token(), calls.length], [found, alice.id, found, 1])
})

test('withdrawn: it moves back to memory, and stays the customer\'s', async (t) => {
  const { items } = stage(t)
  const answer = privacy(true)
  const calls = service()
  const { token, peek } = started(asked)
  const found = await token()
  answer(false)
  assert.deepEqual([items, peek(), await token(), calls.length], [{}, found, found, 1])
})

test('a stored token of an earlier visit is used, and taken from storage if that was withdrawn', async (t) => {
  const found = tokenFor(alice, 900, { iat: start })
  const { items } = stage(t, { [who]: alice.id, [keyOf(alice)]: found })
  privacy(false)
  const calls = service()
  assert.equal(await started(asked).token(), found)
  assert.deepEqual([items, calls.length], [{}, 0])
})

for (const [name, shopify] of Object.entries({ 'missing': undefined, 'of another kind': {} })) {
  test(`an API that is ${name} grants nothing, and breaks nothing`, async (t) => {
    const { items } = stage(t)
    define('Shopify', shopify)
    service()
    assert.ok(await started(asked).token())
    await settle()
    assert.deepEqual(items, {})
  })
}

for (const consent of [undefined, null, '', 'none'] as const) {
  test(`consent ${String(consent) || 'blank'}: the token is strictly necessary, and nobody is asked`, async (t) => {
    const { items } = stage(t)
    let asked = 0
    define('Shopify', { loadFeatures: () => asked++ })
    service()
    await started({ ...alice, consent }).token()
    assert.deepEqual([tokensIn(items), asked], [[alice.id], 0])
  })
}
