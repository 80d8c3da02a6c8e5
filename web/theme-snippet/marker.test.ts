import assert from 'node:assert/strict'
import test from 'node:test'
import { define } from '../sdk/fixture.js'
import { marker } from './marker.js'

test('the first script that is a marker counts, unless it is the theme editor\'s; other elements never', () => {
  const dataset = { shapestoken: '0.2.0', id: '1' }
  define('document', {
    querySelector: (selector: string) => (assert.equal(selector, 'script[data-shapestoken]:not([data-state=design])'), { dataset }),
  })
  assert.equal(marker(), dataset)
})

test('a page without one gives nothing', () => {
  define('document', { querySelector: () => null })
  assert.equal(marker(), undefined)
})
