import assert from 'node:assert/strict'
import test from 'node:test'
import { alice } from './fixture.js'
import { nobody, session } from './session.js'

const { endpoint, customerId, signature } = alice
const body = (options: unknown): unknown => JSON.parse(session(options).body)

test('v1 posts id and signature alone', () => {
  assert.deepEqual(session(alice), { id: customerId, endpoint, body: JSON.stringify({ id: customerId, signature }), problem: '' })
})

test('v2 posts shop and timestamp too', () => {
  const shop = 'acme-dev.myshopify.com'
  assert.deepEqual(body({ ...alice, shop, timestamp: 1795200000 }), { id: customerId, signature, shop, timestamp: '1795200000' })
})

test('an id given as a number is posted as text', () => {
  assert.deepEqual(body({ ...alice, customerId: 7210381803720 }), { id: customerId, signature })
})

for (const end of ['/', '//']) {
  test(`the endpoint loses ${end} at its end`, () => assert.equal(session({ ...alice, endpoint: endpoint + end }).endpoint, endpoint))
}

for (const blank of ['', null, undefined, false]) {
  test(`customerId ${JSON.stringify(blank)} is nobody`, () => {
    assert.equal(session({ endpoint, customerId: blank }), nobody)
    assert.equal(session({ customerId: blank }), nobody)
  })
}

for (const id of ['0', '01', '-1', '1.5', ' 1', '1 ', 'abc', '٧٢١', '1'.repeat(20), 'gid://shopify/Customer/1', 2 ** 53, 1.5, NaN, true, {}, Symbol('1'), 1n << 70n]) {
  test(`customerId ${String(id)} is a problem, and no key`, () => {
    const given = session({ ...alice, customerId: id })
    assert.equal(given.id, '')
    assert.match(given.problem, /customerId|init needs/)
  })
}

for (const wrong of ['', undefined, null, 'api.acme.example', '//api.acme.example', 'ftp://x', 'javascript:1', 'https://', 'https:///', 5, {}]) {
  test(`endpoint ${JSON.stringify(wrong)} is a problem`, () => {
    const given = session({ ...alice, endpoint: wrong })
    assert.equal(given.id, customerId)
    assert.match(given.problem, /endpoint/)
  })
}

const signatures = ['', undefined, 'a1', signature.toUpperCase(), signature + '0', 'Liquid error: wrong number of arguments', {}]
for (const wrong of signatures) {
  test(`signature ${JSON.stringify(wrong)} is a problem, which does not quote it`, () => {
    const { problem } = session({ ...alice, signature: wrong })
    assert.match(problem, /signature must be/)
    if (wrong) assert.ok(!problem.includes(String(wrong)))
  })
}

const throwing = { get customerId(): string { throw new Error('boo') } }
for (const junk of [undefined, null, 5, 'https://api.acme.example', true, Symbol('x'), () => 1, throwing, { customerId: Object.create(null) as unknown }]) {
  test(`${typeof junk} ${junk === null ? 'null' : ''} instead of options is a problem`, () => {
    assert.match(session(junk).problem, /init needs an object/)
    assert.equal(session(junk).id, '')
  })
}
