import assert from 'node:assert/strict'
import test from 'node:test'
import { ShapesTokenError } from './error.js'

test('an error has its code, message and details', () => {
  const cause = new TypeError('x')
  const error = new ShapesTokenError('rejected', 'no', { status: 401, requestId: 'r1', reason: 'invalid_signature', cause })
  assert.ok(error instanceof Error)
  assert.equal(error.name, 'ShapesTokenError')
  assert.equal(String(error), 'ShapesTokenError: no')
  assert.deepEqual({ ...error }, { name: 'ShapesTokenError', code: 'rejected', status: 401, requestId: 'r1', reason: 'invalid_signature', cause })
})

test('details may be left out', () => {
  const error = new ShapesTokenError('network', 'gone')
  assert.equal(error.status, undefined)
  assert.equal(error.cause, undefined)
})
