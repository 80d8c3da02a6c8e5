import assert from 'node:assert/strict'
import test from 'node:test'
import { failure } from './failure.js'
import { alice, tokenFor } from './fixture.js'

const body = { error: 'invalid_signature', message: 'The signature is wrong.', request_id: 'req-1' }

const codes: [number, string][] = [
  [400, 'rejected'], [401, 'rejected'], [403, 'rejected'], [404, 'rejected'], [405, 'rejected'], [413, 'rejected'], [415, 'rejected'],
  [421, 'rejected'], [429, 'rate_limited'], [500, 'server'], [502, 'server'], [503, 'server'], [304, 'server'],
]
for (const [status, code] of codes) {
  test(`${status} is ${code}`, () => {
    const error = failure(status, body)
    assert.equal(error.code, code)
    assert.equal(error.status, status)
    assert.equal(error.message, body.message)
    assert.equal(error.reason, body.error)
    assert.equal(error.requestId, body.request_id)
  })
}

for (const other of [undefined, null, 'text', 5, [], {}, { message: 5, error: {}, request_id: [] }, { message: '' }]) {
  test(`a body of ${JSON.stringify(other)} gives words of our own`, () => {
    const error = failure(502, other)
    assert.equal(error.message, 'The token service answered with status 502.')
    assert.equal(error.reason, undefined)
    assert.equal(error.requestId, undefined)
  })
}

test('a service that quotes the proof or a token does not get them into the error', () => {
  const token = tokenFor(alice)
  for (const quoted of [alice.signature, alice.signature.toUpperCase(), token]) {
    const { message, reason, requestId } = failure(401, { error: `e ${quoted}`, message: `bad: ${quoted}!`, request_id: quoted })
    assert.equal(message.startsWith('bad: [removed]'), true)
    assert.ok(![message, reason, requestId].join().includes(quoted))
  }
})
