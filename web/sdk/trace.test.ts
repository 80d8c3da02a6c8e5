import assert from 'node:assert/strict'
import test from 'node:test'
import { alice, listen, session } from './fixture.js'
import { trace } from './trace.js'

test('a step is told to who asked for it, without secrets', (t) => {
  const lines = listen(t)
  trace({ ...session, debug: 'true' }, `signed ${alice.signature}`)
  trace(session, 'x')
  assert.deepEqual(lines, ['[shapestoken] signed …a1a1'])
})
