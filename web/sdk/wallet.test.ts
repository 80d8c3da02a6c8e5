import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { alice, bob, install, jwt, keyOf, tokenFor } from './fixture.js'
import { wallet } from './wallet.js'

const [id, key] = [alice.customerId, keyOf(alice)]
const at = 1795200000

/** Stops the device's clock, so that the ages below are exact. */
function freeze(t: TestContext, seconds = at): void {
  t.mock.timers.enable({ apis: ['Date'], now: seconds * 1000 })
}

const ages: [number, boolean, boolean][] = [
  [-1, false, false], [0, false, false], [1, true, false], [29, true, false], [30, true, true], [900, true, true],
]
for (const [seconds, held, fresh] of ages) {
  test(`a token with ${seconds} s left is ${held ? '' : 'not '}held and ${fresh ? '' : 'not '}fresh`, (t) => {
    freeze(t)
    const items = install({ [key]: tokenFor(alice, seconds) })
    assert.equal(wallet().fresh(id) !== null, fresh)
    assert.equal(wallet().held(id) !== null, held)
    assert.equal(items.has(key), held)
  })
}

test('a token of the old widget is good', (t) => {
  freeze(t)
  const old = jwt({ pid: 'a2c4', exp: at + 900 })
  install({ [key]: old })
  assert.equal(wallet().fresh(id)?.jwt, old)
})

for (const wrong of ['error', '', JSON.stringify('x'), tokenFor(bob), jwt({ exp: 9e9 })]) {
  test(`${wrong.slice(0, 12) || 'an empty value'} under the customer's key is dropped`, () => {
    const items = install({ [key]: wrong, [keyOf(bob)]: 'stays' })
    assert.equal(wallet().held(id), null)
    assert.equal(items.has(key), wrong === '')
    assert.equal(items.has(keyOf(bob)), true)
  })
}

test('nobody holds nothing', () => {
  install({ 'shapes:omneo:shapestoken:': jwt({ pid: 'p', exp: 9e9 }) })
  assert.equal(wallet().held(''), null)
})

test('fading is told once, in the last fifth', (t) => {
  freeze(t)
  install()
  const held = wallet()
  const token = held.accept(tokenFor(alice, 900), id)!
  t.mock.timers.tick(719_000)
  assert.equal(held.fading(token), false)
  t.mock.timers.tick(1_000)
  assert.equal(held.fading(token), true)
  assert.equal(held.fading(token), false)
})

test('a token that does not say when it was made never fades', (t) => {
  freeze(t)
  install()
  const held = wallet()
  assert.equal(held.fading(held.accept(jwt({ pid: 'p', exp: at + 31 }), id)!), false)
})

const answers: [string, unknown][] = [
  ['nothing', undefined], ['null', null], ['no token', 'ok'], ['another customer', tokenFor(bob)],
  ['no pid', jwt({ exp: 9e9 })], ['an expired token', jwt({ pid: 'p', iat: 1, exp: 1 })],
]
for (const [name, answer] of answers) {
  test(`an answer with ${name} is not accepted`, () => {
    const items = install()
    assert.equal(wallet().accept(answer, id), null)
    assert.equal(items.size, 0)
  })
}

for (const hours of [-24, -1, 0, 1, 24]) {
  test(`a device whose clock is ${hours} h off keeps a token as long as others`, (t) => {
    freeze(t, at + hours * 3600)
    install()
    const held = wallet()
    const token = jwt({ pid: 'p', iat: at, exp: at + 900 })
    assert.equal(held.accept(token, id)?.jwt, token)
    t.mock.timers.tick(870_000)
    assert.equal(held.fresh(id)?.jwt, token)
    t.mock.timers.tick(1_000)
    assert.equal(held.fresh(id), null)
    assert.equal(held.held(id)?.jwt, token)
    t.mock.timers.tick(29_000)
    assert.equal(held.held(id), null)
  })
}

test('clean leaves the customer\'s token alone', () => {
  const items = install({ [key]: tokenFor(alice), [keyOf(bob)]: tokenFor(bob) })
  wallet().clean(id, false)
  assert.deepEqual([...items.keys()], [key])
})
