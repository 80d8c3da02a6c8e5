import assert from 'node:assert/strict'
import test from 'node:test'
import { clock, outcome } from './fixture.js'
import { within } from './within.js'

test('what is done in time is the result', async (t) => {
  clock(t)
  assert.equal(await within(async () => 'done'), 'done')
  await assert.rejects(within(() => Promise.reject(new TypeError('x'))), TypeError)
})

test('after 8 seconds it is aborted, and has failed even if it goes on', async (t) => {
  const pass = clock(t)
  let signal!: AbortSignal
  const end = outcome(within((given) => ((signal = given), new Promise(() => {}))))
  await pass(7.99, 0.01)
  assert.deepEqual([end, signal.aborted], [{}, false])
  await pass(0.01, 0.01)
  assert.deepEqual([end.value, signal.aborted], ['timeout', true])
})

test('a request that ends because it was aborted has timed out', async (t) => {
  const pass = clock(t)
  const work = within((signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('x', 'AbortError')))))
  const rejected = assert.rejects(work, { code: 'timeout', retryable: true, message: 'no answer' })
  await pass(8)
  await rejected
})
