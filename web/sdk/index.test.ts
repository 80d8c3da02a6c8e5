import assert from 'node:assert/strict'
import test from 'node:test'
import { alice, define, install, json, serve, tokenFor } from './fixture.js'

test('the module offers these names and no others', async () => {
  define('SHAPESTOKEN_VERSION', { value: '9.9.9' })
  const sdk = await import('./index.js')
  assert.deepEqual(Object.keys(sdk), ['ShapesTokenError', 'clear', 'init', 'peek', 'token', 'version'])
  assert.equal(sdk.version, '9.9.9')
})

test('the parts belong together', async () => {
  define('SHAPESTOKEN_VERSION', { value: '9.9.9' })
  const { init, token, peek, clear } = await import('./index.js')
  install()
  serve(() => json({ token: tokenFor(alice) }))
  init(alice)
  assert.equal(await token(), peek())
  clear()
  assert.equal(peek(), null)
})
