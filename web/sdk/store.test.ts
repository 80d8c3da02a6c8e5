import assert from 'node:assert/strict'
import test from 'node:test'
import { define, install, type Refusal } from './fixture.js'
import { store } from './store.js'

test('keeps values in localStorage', () => {
  const items = install({ other: 'x' })
  const held = store()
  held.set('a', '1')
  assert.equal(items.get('a'), '1')
  assert.equal(held.get('a'), '1')
  assert.deepEqual(held.keys(), ['other', 'a'])
  held.remove('a')
  assert.equal(items.has('a'), false)
  assert.equal(held.get('a'), null)
})

test('sees what another tab removed', () => {
  const items = install()
  const held = store()
  held.set('a', '1')
  items.delete('a')
  assert.equal(held.get('a'), null)
})

test('a value that did not fit hides the older one', () => {
  install({ a: 'old' }, ['setItem'])
  const held = store()
  held.set('a', 'new')
  assert.equal(held.get('a'), 'new')
  assert.ok(held.keys().includes('a'))
  held.remove('a')
  assert.equal(held.get('a'), null)
})

const everything: Refusal[][] = [['getItem'], ['setItem'], ['removeItem'], ['key'], ['length'], ['localStorage']]
everything.push(everything.flat())

for (const refusals of everything) {
  test(`no call throws when ${refusals} does`, () => {
    install({}, refusals)
    const held = store()
    held.set('a', '1')
    if (refusals.includes('setItem') || refusals.includes('localStorage')) {
      assert.equal(held.get('a'), '1')
      assert.deepEqual(held.keys(), ['a'])
    }
    held.remove('a')
    if (!refusals.includes('removeItem')) assert.equal(held.get('a'), null)
    assert.ok(Array.isArray(held.keys()))
  })
}

for (const value of [null, undefined]) {
  test(`works where localStorage is ${value}`, () => {
    define('localStorage', { value })
    const held = store()
    held.set('a', '1')
    assert.equal(held.get('a'), '1')
    assert.deepEqual(held.keys(), ['a'])
  })
}
