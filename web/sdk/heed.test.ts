import assert from 'node:assert/strict'
import test from 'node:test'
import { ShapesTokenError } from './error.js'
import { outcome, pending, settle } from './fixture.js'
import { heed } from './heed.js'

const error = new ShapesTokenError('aborted', 'x')

for (const signal of [undefined, null, new AbortController().signal]) {
  test(`with ${signal}, it settles as the work does`, async () => {
    assert.equal(await heed(Promise.resolve('done'), signal, error), 'done')
    await assert.rejects(heed(Promise.reject(new TypeError('x')), signal, error), TypeError)
  })
}

test('aborted before: it rejects at once', async () => {
  await assert.rejects(heed(new Promise(() => {}), AbortSignal.abort(), error), error)
})

test('aborted on the way: it rejects then, and the work\'s own failure is nobody\'s', async () => {
  const [abort, work] = [new AbortController(), pending<string>()]
  const end = outcome(heed(work.promise, abort.signal, error))
  await settle()
  assert.deepEqual(end, {})
  abort.abort()
  await settle()
  assert.equal(end.value, 'aborted')
  work.reject(new TypeError('x'))
  await settle()
})
