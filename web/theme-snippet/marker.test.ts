import assert from 'node:assert/strict'
import test from 'node:test'
import { marker } from './marker.js'

/** A page whose one marker has these data attributes. */
function page(dataset?: DOMStringMap): ParentNode {
  return {
    querySelector: (selector: string) => (assert.equal(selector, 'script[data-shapestoken]'), dataset ? { dataset } : null),
  } as unknown as ParentNode
}

const at = { endpoint: 'https://api.acme.example', shop: 'acme-dev.myshopify.com', secret: 'present', shapestoken: '0.1.0' }
const proof = { id: '7210381803720', signature: 'a1'.repeat(32) }

test('v1: no shop, no timestamp', () => {
  assert.deepEqual(marker(page({ ...at, ...proof, state: 'customer' })), {
    endpoint: at.endpoint, customerId: proof.id, signature: proof.signature, timestamp: undefined, shop: undefined,
  })
})

test('v2: shop and timestamp', () => {
  assert.deepEqual(marker(page({ ...at, ...proof, state: 'customer', timestamp: '1795200000' })), {
    endpoint: at.endpoint, customerId: proof.id, signature: proof.signature, timestamp: '1795200000', shop: at.shop,
  })
})

test('a guest has no customer', () => {
  assert.equal(marker(page({ ...at, state: 'guest' }))?.customerId, undefined)
})

test('the theme editor and a page without a marker give nothing to do', () => {
  assert.equal(marker(page({ ...at, ...proof, state: 'design' })), null)
  assert.equal(marker(page()), null)
})
