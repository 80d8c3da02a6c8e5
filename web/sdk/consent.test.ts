import assert from 'node:assert/strict'
import test from 'node:test'
import { allowed, consider } from './consent.js'
import { define, open } from './fixture.js'

const shopify = (says: unknown): void => define('Shopify', { customerPrivacy: { preferencesProcessingAllowed: () => says } })

test('allowed is what Shopify says', () => {
  for (const says of [true, false]) {
    shopify(says)
    assert.equal(allowed(), says)
  }
})

for (const [name, value] of Object.entries({
  'no Shopify': undefined, 'no API': {}, 'an API of another kind': { customerPrivacy: {} },
  'an API that throws': { customerPrivacy: { preferencesProcessingAllowed() { throw new TypeError('x') } } },
})) {
  test(`${name}: nothing is allowed, and nothing thrown`, () => {
    open()
    define('Shopify', value)
    assert.ok(!allowed())
    consider(() => {})
  })
}

test('the API is loaded, and tells when it is there and whenever the visitor has answered', () => {
  open()
  let changes = 0
  const loaded: unknown[] = []
  define('Shopify', { loadFeatures: (features: unknown, done: () => void) => (loaded.push(features), done()) })
  consider(() => changes++)
  assert.deepEqual([loaded, changes], [[[{ name: 'consent-tracking-api', version: '0.1' }]], 1])
  document.dispatchEvent(new Event('visitorConsentCollected'))
  assert.equal(changes, 2)
})

test('who comes again is told once', () => {
  open()
  define('Shopify', undefined)
  let changes = 0
  const changed = (): void => void changes++
  consider(changed)
  consider(changed)
  document.dispatchEvent(new Event('visitorConsentCollected'))
  assert.equal(changes, 1)
})
