import assert from 'node:assert/strict'
import test from 'node:test'
import { emit, on } from './events.js'
import { open } from './fixture.js'

const arrival = { customerId: '1', expiry: 2, persistent: true }

test('a listener hears the detail until it is told to stop', () => {
  open()
  const heard: unknown[] = []
  const stop = on('token', (detail) => heard.push(detail))
  on('cleared', (detail) => heard.push(detail))
  emit('token', arrival)
  emit('cleared', { customerId: '1' })
  stop()
  emit('token', arrival)
  assert.deepEqual(heard, [arrival, { customerId: '1' }])
})

test('the document hears it, too', () => {
  const { events } = open()
  emit('token', arrival)
  assert.deepEqual(events, [['token', arrival]])
})

test('one listener can be there twice', () => {
  open()
  let heard = 0
  const listener = (): void => void heard++
  const stop = on('token', listener)
  on('token', listener)
  emit('token', arrival)
  assert.equal(heard, 2)
  stop()
  emit('token', arrival)
  assert.equal(heard, 3)
})

test('on a server nothing is heard, and nothing thrown', () => {
  Reflect.deleteProperty(globalThis, 'document')
  assert.equal(typeof on('token', () => {}), 'function')
})
