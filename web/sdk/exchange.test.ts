import assert from 'node:assert/strict'
import test from 'node:test'
import { exchange } from './exchange.js'
import { alice, json, open, serve, session, tokenFor } from './fixture.js'

open()
const signal = new AbortController().signal
const service = (): ReturnType<typeof serve> => serve(() => json({ token: tokenFor(alice) }))

test('one request, as plain as a request can be', async () => {
  const calls = service()
  assert.equal((await exchange(session)(signal)).customer_id, alice.id)
  const { url, init } = calls[0]!
  assert.equal(url, alice.endpoint + '/shopify/api/v1/auth/token')
  assert.deepEqual({ ...init, body: JSON.parse(String(init.body)) }, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: { id: alice.id, signature: alice.signature },
    credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal,
  })
  assert.equal(calls.length, 1)
})

test('a dated signature goes with its time and shop, an undated one without; nothing else goes', async () => {
  const calls = service()
  const dated = { timestamp: '1795200000', shop: 'acme-dev.myshopify.com' }
  await exchange({ ...session, ...dated, proxy: '/apps/x', debug: true })(signal)
  await exchange({ ...session, shop: dated.shop, timestamp: '' })(signal)
  assert.deepEqual(calls.map(({ init }) => Object.keys(JSON.parse(String(init.body)) as object)), [['id', 'signature', 'timestamp', 'shop'], ['id', 'signature']])
})

test('where nobody answers it may be the list of origins', async () => {
  serve(() => Promise.reject(new TypeError('Failed to fetch')))
  await assert.rejects(exchange(session)(signal), { code: 'network', message: 'https://api.acme.example is down or does not list https://shop.example' })
})
