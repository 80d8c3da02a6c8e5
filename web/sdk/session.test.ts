import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { alice } from './fixture.js'
import { session } from './session.js'

test('what is usable is kept as it is, with what belongs to it', () => {
  const given = { ...alice, timestamp: '1795200000', shop: 'acme.myshopify.com', debug: 'true' }
  const { consent, ...read } = session(given)
  assert.deepEqual(read, { ...given, proxy: '', problem: false })
  assert.ok(!consent)
})

for (const id of [undefined, null, '', 0]) {
  test(`${String(id) || 'a blank'} is nobody: no id, no problem`, () => {
    const { id: read, problem } = session({ ...alice, id })
    assert.deepEqual([read, !!problem], ['', false])
  })
}

for (const options of [undefined, null, 1, 'x', [], () => {}]) {
  test(`${typeof options} for options: nobody`, () => assert.equal(session(options).id, ''))
}

test('ids', () => {
  for (const id of ['1', '7210381803720', 7210381803720, '9'.repeat(19)]) assert.deepEqual([session({ ...alice, id }).id, session({ ...alice, id }).problem], [String(id), false])
  for (const id of ['007', '0', '-1', '1.5', 1.5, '1e3', 1e21, ' 1', '1 ', '1\n', 'gid://shopify/Customer/1', '9'.repeat(20), {}, [], true]) {
    assert.deepEqual([session({ ...alice, id }).id, session({ ...alice, id }).problem], ['', true], String(id))
  }
})

test('endpoints', () => {
  for (const [given, read] of [
    ['https://api.acme.example', 'https://api.acme.example'], ['https://id.example/t/acme/', 'https://id.example/t/acme'],
    ['https://id.example///', 'https://id.example'], ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ] as const) assert.deepEqual([session({ ...alice, endpoint: given }).endpoint, session({ ...alice, endpoint: given }).problem], [read, false])
  for (const endpoint of [undefined, null, '', 'api.acme.example', '//api.acme.example', 'ftp://x', 'javascript:alert(1)', ' https://x', 'https://', 1, {}]) {
    assert.deepEqual([session({ ...alice, endpoint }).endpoint, session({ ...alice, endpoint }).problem], ['', true], String(endpoint))
  }
})

const usual = '/apps/shapestoken'

test('paths of an app proxy', () => {
  for (const [given, read] of [
    [usual, usual], ['/apps/shapestoken/', usual], ['/apps/shapestoken//', usual], ['/a/Shapes_1-2', '/a/Shapes_1-2'], ['/fr-ca/apps/st', '/fr-ca/apps/st'], ['/x', '/x'],
  ] as const) assert.deepEqual([session({ ...alice, proxy: given }).proxy, session({ ...alice, proxy: given }).problem], [read, false])
})

// Each would be another host, or be taken for one by some browser: a tab or line end in it is not there for them.
for (const proxy of ['https://evil.example/apps', '//evil.example', '/\\evil.example', '/\t/evil.example', '\\/evil.example', '/apps\n', ' /apps', 'apps/shapestoken', '/', '//', '/apps//token', '/apps/../..', '/apps?x', '/apps#x', '/%2fevil.example', '/@evil.example', 'javascript:1', 1, {}, true]) {
  test(`${JSON.stringify(proxy)} is no path of the shop's: ignored beside a signature, a problem without`, () => {
    const beside = session({ ...alice, proxy })
    const alone = session({ id: alice.id, source: 'proxy', proxy })
    assert.deepEqual([beside.proxy, beside.problem, alone.proxy, alone.problem], ['', false, '', true])
  })
}

test('source proxy: a path of its own accord, and no endpoint, signature or not', () => {
  for (const more of [{}, alice, { ...alice, endpoint: 'x' }, { proxy: null }, { proxy: '' }]) {
    const { endpoint, proxy, problem } = session({ id: alice.id, source: 'proxy', ...more })
    assert.deepEqual([endpoint, proxy, problem], ['', usual, false])
  }
  assert.equal(session({ id: 'x', source: 'proxy' }).problem, true)
})

test('another source is none', () => {
  for (const source of [undefined, null, '', 'liquid', 'Proxy', true, ['x']]) {
    const { endpoint, proxy, problem } = session({ ...alice, source })
    assert.deepEqual([endpoint, proxy, problem], [alice.endpoint, '', false])
    assert.equal(session({ id: alice.id, source }).problem, true)
  }
})

test('a guest has a path without a problem', () => {
  const { id, proxy, problem } = session({ source: 'proxy' })
  assert.deepEqual([id, proxy, !problem], ['', usual, true])
})

test('nothing that a page can hold throws, or passes as an id that is none', () => {
  fc.assert(fc.property(fc.anything(), fc.anything(), (id, endpoint) => {
    let read
    try {
      read = session({ id, endpoint })
    } catch {
      return assert.throws(() => String(id) + String(endpoint)) // an object without a text: init keeps it from the page
    }
    assert.match(read.id, /^([1-9]\d{0,18})?$/)
    assert.match(read.endpoint, /^(https?:\/\/.*[^/])?$/s)
    if (!read.problem && id) assert.ok(read.id && read.endpoint)
  }), { numRuns: 1000 })
})
