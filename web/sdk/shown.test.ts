import assert from 'node:assert/strict'
import test from 'node:test'
import { open, outcome, settle } from './fixture.js'
import { shown } from './shown.js'

test('a page that is there is shown', async () => {
  open()
  assert.ok(!(await shown()))
  Object.assign(document, { prerendering: undefined })
  assert.ok(!(await shown()))
})

test('a page rendered on suspicion waits until it is shown', async () => {
  Object.assign(open().document, { prerendering: true })
  const end = outcome(shown())
  await settle()
  assert.deepEqual(end, {})
  document.dispatchEvent(new Event('prerenderingchange'))
  await settle()
  assert.ok('value' in end)
})
