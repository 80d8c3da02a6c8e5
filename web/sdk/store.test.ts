import assert from 'node:assert/strict'
import test from 'node:test'
import { install, type Refusal } from './fixture.js'
import { store as open } from './store.js'

const yes = (): boolean => true
const no = (): boolean => false

function store(allowed: () => boolean) {
  const [read, write, names, lasting] = open(allowed)
  return { read, write, names, lasting }
}

test('what is written lies in localStorage, raw', () => {
  const items = install()
  const { read, write, lasting } = store(yes)
  write('a', 'x')
  assert.deepEqual([items.a, read('a'), lasting('a')], ['x', 'x', true])
  items.a = 'other tab'
  assert.equal(read('a'), 'other tab')
})

test('what is not there reads as nothing', () => {
  install()
  assert.equal(store(yes).read('a'), '')
})

for (const nothing of ['', 0, NaN]) {
  test(`writing ${String(nothing) || 'a blank'} removes`, () => {
    const items = install({ a: 'x' })
    const { read, write, names } = store(yes)
    write('a', nothing)
    assert.deepEqual([items, read('a'), names()], [{}, '', []])
  })
}

test('while nothing may outlive the page, memory holds it, and it can be removed', () => {
  const items = install()
  const { read, write, names, lasting } = store(no)
  write('a', 'x')
  assert.deepEqual([items, read('a'), names(), lasting('a')], [{}, 'x', ['a'], false])
  write('a', '')
  assert.deepEqual([read('a'), names(), lasting('a')], ['', [], true])
})

test('what may not be kept does not leave what was there', () => {
  const items = install({ a: 'old' })
  const { read, write } = store(no)
  write('a', 'x')
  assert.deepEqual([items, read('a')], [{}, 'x'])
})

test('what cannot be read back stays in memory', () => {
  const refusals: Refusal[] = ['get']
  install({}, refusals)
  const { read, write, lasting } = store(yes)
  write('a', 'x')
  assert.deepEqual([read('a'), lasting('a')], ['x', false])
})

test('what has become allowed moves out of memory at the next writing', () => {
  let allowed = false
  const items = install()
  const { write, lasting, names } = store(() => allowed)
  write('a', 'x')
  allowed = true
  write('a', 'x')
  assert.deepEqual([items, lasting('a'), names()], [{ a: 'x' }, true, ['a']])
})

test('removing needs no consent', () => {
  const items = install({ a: 'x' })
  store(no).write('a', '')
  assert.deepEqual(items, {})
})

for (const refusal of ['set', 'localStorage'] as const) {
  test(`memory steps in where ${refusal} is refused`, () => {
    install({}, [refusal])
    const { read, write, names, lasting } = store(yes)
    write('a', 'x')
    assert.deepEqual([read('a'), names(), lasting('a')], ['x', ['a'], false])
  })
}

test('a number is kept, too', () => {
  install({}, ['set'])
  const { read, write } = store(yes)
  write('a', -3600)
  assert.equal(+read('a'), -3600)
})

test('what cannot be removed is hidden', () => {
  const items = install({ a: 'x' }, ['delete'])
  const { read, write, lasting } = store(yes)
  write('a', '')
  assert.deepEqual([items.a, read('a'), lasting('a')], ['x', '', false])
})

test('keys come from memory and localStorage', () => {
  install({ b: 'y' }, ['set'])
  const { write, names } = store(yes)
  write('a', 'x')
  assert.deepEqual(names().sort(), ['a', 'b'])
})

for (const refusal of ['get', 'set', 'delete', 'enumerate', 'localStorage'] as Refusal[]) {
  test(`nothing throws where ${refusal} is refused`, () => {
    install({ a: 'x' }, [refusal])
    const { read, write, names, lasting } = store(yes)
    read('a')
    write('a', 'y')
    write('a', '')
    names()
    lasting('a')
    assert.equal(read('a'), '')
  })
}

test('nothing throws where there is no localStorage at all', () => {
  Reflect.deleteProperty(globalThis, 'localStorage')
  const { read, write, names } = store(yes)
  write('a', 'x')
  assert.deepEqual([read('a'), names()], ['x', ['a']])
})

test('storage that comes back is used again', () => {
  const refusals: Refusal[] = ['set']
  const items = install({}, refusals)
  const { write, lasting } = store(yes)
  write('a', 'x')
  refusals.pop()
  write('a', 'y')
  assert.deepEqual([items.a, lasting('a')], ['y', true])
})
