import assert from 'node:assert/strict'
import test from 'node:test'
import { aborted } from './aborted.js'
import { ShapesTokenError } from './error.js'
import type { Code } from './shapestoken.js'

test('an error has its code, message and details', () => {
  const cause = new TypeError('x')
  const details = { status: 401, requestId: 'r1', reason: 'invalid_signature', retryAfter: 3, cause }
  const error = new ShapesTokenError('rejected', 'no', details)
  assert.ok(error instanceof Error)
  assert.equal(String(error), 'ShapesTokenError: no')
  assert.deepEqual({ ...error }, { name: 'ShapesTokenError', code: 'rejected', retryable: false, ...details })
})

test('details may be left out', () => {
  assert.deepEqual({ ...new ShapesTokenError('network', 'gone') }, { name: 'ShapesTokenError', code: 'network', retryable: true })
})

const retryable: Record<Exclude<Code, 'storage'>, boolean> = {
  config: false, network: true, timeout: true, rejected: false, rate_limited: true, server: true, aborted: false,
}
for (const [code, expected] of Object.entries(retryable)) {
  test(`${code} is ${expected ? '' : 'not '}worth another try`, () => assert.equal(new ShapesTokenError(code as Code, 'x').retryable, expected))
}

test('what is no longer wanted is aborted', () => assert.equal(aborted().code, 'aborted'))
