import assert from 'node:assert/strict'
import test from 'node:test'
import { decode } from './decode.js'
import { alice, bob, jwt, tokenFor } from './fixture.js'

const id = alice.customerId
const good = tokenFor(alice)
const [head, , tail] = good.split('.') as [string, string, string]
const claims = { pid: 'a2c4', iat: 1795200000, exp: 1795200900 }

const accepted: [string, string][] = [
  ['ours', jwt({ ...claims, customer_id: id })],
  ['the old widget\'s, which names no customer', jwt(claims)],
  ['customer_id as a number', jwt({ ...claims, customer_id: Number(id) })],
  ['payload with - and _', jwt({ ...claims, note: '>>>>>> ??????' })],
  ['already expired (the caller\'s question)', jwt({ ...claims, exp: 1 })],
  ['exp with a fraction', jwt({ ...claims, exp: 1795200900.5 })],
]

for (const [name, token] of accepted) {
  test(`accepts ${name}`, () => assert.equal(decode(token, id)?.jwt, token))
}

const refused: [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 5],
  ['an object', { token: good }],
  ['an array holding a token', [good]],
  ['nothing', ''],
  ['the word error', 'error'],
  ['the word null', 'null'],
  ['two parts', `${head}.${tail}`],
  ['four parts', `${good}.x`],
  ['five parts (JWE)', 'a.b.c.d.e'],
  ['no signature', good.slice(0, good.lastIndexOf('.') + 1)],
  ['no header', good.slice(good.indexOf('.'))],
  ['no payload', `${head}..${tail}`],
  ['quotes around it', JSON.stringify(good)],
  ['a space behind it', good + ' '],
  ['a line end behind it', good + '\n'],
  ['a payload that is no base64', `${head}.a.${tail}`],
  ['a payload that is no JSON', `${head}.${btoa('{pid').replace(/=/g, '')}.${tail}`],
  ['a payload that is null', jwt(null)],
  ['a payload that is text', jwt('pid')],
  ['a payload that is a list', jwt([claims])],
  ['no pid', jwt({ iat: 1, exp: 1795200900 })],
  ['an empty pid', jwt({ ...claims, pid: '' })],
  ['a pid of null', jwt({ ...claims, pid: null })],
  ['no exp', jwt({ pid: 'a2c4', iat: 1 })],
  ['exp as text', jwt({ ...claims, exp: '1795200900' })],
  ['exp null', jwt({ ...claims, exp: null })],
  ['another customer', tokenFor(bob)],
  ['a customer of null', jwt({ ...claims, customer_id: null })],
  ['an empty customer', jwt({ ...claims, customer_id: '' })],
]

for (const [name, token] of refused) {
  test(`refuses ${name}`, () => assert.equal(decode(token, id), null))
}

test('the payload above does have - and _', () => {
  assert.match(accepted[3]![1], /-.*_/)
})

test('reads the times', () => {
  assert.deepEqual(decode(jwt(claims), id), { jwt: jwt(claims), exp: 1795200900, iat: 1795200000 })
  assert.equal(decode(jwt({ ...claims, iat: 'soon' }), id)?.iat, undefined)
})
