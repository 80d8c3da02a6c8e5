import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { decode } from './decode.js'
import { alice, bob, jwt } from './fixture.js'
import { malformed, untimely, valid } from './testing/corpus.js'

const claims = { pid: 'a2c4', customer_id: alice.id, iat: 100, exp: 200 }

test('a good token, and its times', () => {
  const token = jwt(claims)
  assert.deepEqual(decode(token, alice.id), { jwt: token, exp: 200, iat: 100 })
})

test('the corpus has at least 40 entries', () => {
  assert.ok(Object.keys({ ...malformed, ...untimely }).length >= 40)
  assert.ok(decode(valid, alice.id))
})

for (const [name, text] of Object.entries(malformed)) {
  test(`no token: ${name}`, () => assert.equal(decode(text, alice.id), undefined))
}

for (const value of [undefined, null, 1, {}, [], true, Symbol('x'), () => {}]) {
  test(`no token: a ${typeof value} that is no text`, () => assert.equal(decode(value, alice.id), undefined))
}

test('when it expires is not looked at', () => {
  for (const [name, text] of Object.entries(untimely)) assert.ok(decode(text, alice.id), name)
})

test('what does not say its times has NaN for them', () => {
  assert.deepEqual(decode(jwt({ pid: 'p' }), alice.id), { jwt: jwt({ pid: 'p' }), exp: NaN, iat: NaN })
})

test('the old widget stored tokens that name no customer', () => {
  for (const customer_id of [undefined, null]) assert.ok(decode(jwt({ ...claims, customer_id }), bob.id))
})

test('a customer may be a number', () => {
  assert.ok(decode(jwt({ ...claims, customer_id: +alice.id }), alice.id))
  assert.equal(decode(jwt({ ...claims, customer_id: +alice.id }), bob.id), undefined)
})

test('base64url with its own two characters is read', () => {
  for (const pid of ['>>>???', '~~~~', 'ÿþýü', '\u{1f600}']) assert.ok(decode(jwt({ ...claims, pid }), alice.id), pid)
})

test('no text at all makes it throw', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.anything()), (value) => {
    assert.equal(decode(value, alice.id), undefined)
  }), { numRuns: 2000 })
})

const part = fc.oneof(fc.json(), fc.string(), fc.record({ pid: fc.anything(), exp: fc.anything(), iat: fc.anything(), customer_id: fc.anything() }, { requiredKeys: [] }).map((each) => JSON.stringify(each)))

test('no payload makes it throw, or give a token that names somebody else', () => {
  fc.assert(fc.property(part, fc.string(), (payload, header) => {
    const token = jwt(payload, header || 'x')
    const found = decode(token, alice.id)
    if (!found) return
    const { pid, customer_id } = JSON.parse(payload) as Record<string, unknown>
    assert.ok(pid && (customer_id == null || customer_id == alice.id))
    assert.equal(found.jwt, token)
  }), { numRuns: 2000 })
})

test('whoever a token names, nobody else gets it', () => {
  const id = fc.bigInt(1n, 10n ** 19n - 1n).map(String)
  fc.assert(fc.property(id, id, (owner, other) => {
    const token = jwt({ ...claims, customer_id: owner })
    assert.ok(decode(token, owner))
    assert.equal(!!decode(token, other), owner === other)
  }), { numRuns: 1000 })
})
