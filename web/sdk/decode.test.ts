import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { decode } from './decode.js'
import { alice, jwt } from './fixture.js'
import { foreign, malformed, untimely, valid } from './testing/corpus.js'

const claims = { pid: 'a2c4', customer_id: alice.id, iat: 100, exp: 200 }

test('a good token, and its claims', () => {
  const token = jwt(claims)
  assert.deepEqual(decode(token), { ...claims, jwt: token })
})

test('the corpus has at least 40 entries', () => {
  assert.ok(Object.keys({ ...malformed, ...foreign, ...untimely }).length >= 40)
  assert.ok(decode(valid))
})

for (const [name, text] of Object.entries(malformed)) {
  test(`no token: ${name}`, () => assert.ok(!decode(text)))
}

for (const value of [undefined, null, 1, {}, [], true, Symbol('x'), () => {}]) {
  test(`no token: a ${typeof value} that is no text`, () => assert.equal(decode(value), undefined))
}

test('when it expires and whose it is are not looked at', () => {
  for (const [name, text] of Object.entries({ ...untimely, ...foreign })) assert.ok(decode(text), name)
})

test('a claim cannot pass for the token', () => {
  const token = jwt({ ...claims, jwt: 'x' })
  assert.equal(decode(token)?.jwt, token)
})

test('base64url with its own two characters is read', () => {
  for (const pid of ['>>>???', '~~~~', 'ÿþýü', '\u{1f600}']) assert.ok(decode(jwt({ ...claims, pid })), pid)
})

test('no text at all makes it throw', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.anything()), (value) => {
    assert.equal(decode(value), undefined)
  }), { numRuns: 2000 })
})

const part = fc.oneof(fc.json(), fc.string(), fc.record({ pid: fc.anything(), exp: fc.anything(), iat: fc.anything(), customer_id: fc.anything() }, { requiredKeys: [] }).map((each) => JSON.stringify(each)))

test('no payload makes it throw, or give anything but what the token says', () => {
  fc.assert(fc.property(part, fc.string(), (payload, header) => {
    const token = jwt(payload, header || 'x')
    const found = decode(token)
    if (!found) return
    const { pid, customer_id } = JSON.parse(payload) as Record<string, unknown>
    assert.ok(pid)
    assert.deepEqual(found.customer_id, customer_id)
    assert.equal(found.jwt, token)
  }), { numRuns: 2000 })
})
