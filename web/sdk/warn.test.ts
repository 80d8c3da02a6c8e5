import assert from 'node:assert/strict'
import test from 'node:test'
import { ShapesTokenError } from './error.js'
import { warn } from './warn.js'

test('says code, message and request id', (t) => {
  const { mock } = t.mock.method(console, 'warn', () => {})
  warn(new ShapesTokenError('rejected', 'The signature is wrong.', { requestId: 'r1' }))
  warn(new ShapesTokenError('config', 'endpoint must be a full address'))
  assert.deepEqual(mock.calls.map((call) => call.arguments), [
    ['[shapestoken] rejected: The signature is wrong. (request r1)'],
    ['[shapestoken] config: endpoint must be a full address'],
  ])
})

test('says nothing about what was overtaken', (t) => {
  const { mock } = t.mock.method(console, 'warn', () => {})
  warn(new ShapesTokenError('aborted', 'x'))
  assert.equal(mock.calls.length, 0)
})
