import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { Liquid } from 'liquidjs'
import { alice, answer, serve } from './fixture.js'
import { resign } from './resign.js'

const signal = new AbortController().signal
const open = '<div id="shopify-section-shapestoken" class="shopify-section"><script type="application/json" data-shapestoken="0.2.0" data-state='
const signed = `"customer" data-secret="present" data-shop="acme.myshopify.com" data-endpoint="https://id.example.com" data-id="${alice.id}" data-signature="${alice.signature}" data-timestamp="1795200000"></script></div>`

test('the section is asked for, past the cache', async () => {
  const calls = serve(() => answer(open + signed))
  assert.deepEqual({ ...(await resign(signal)) }, { customer_id: alice.id, signature: alice.signature, timestamp: '1795200000' })
  assert.deepEqual(calls, [{ url: '?section_id=shapestoken', init: { cache: 'no-store', signal } }])
})

test('a guest has neither', async () => {
  serve(() => answer(open + '"guest" data-secret="present" data-shop="acme.myshopify.com" data-endpoint="https://id.example.com"></script></div>'))
  assert.deepEqual(Object.values(await resign(signal)), [undefined, undefined, undefined])
})

for (const [name, text] of Object.entries({
  'no section': '<html>404</html>', 'nothing': '', 'the theme editor': open + '"design" data-secret="present"></script>', 'an undated signature': open + signed.replace(/ data-timestamp="\d+"/, ''),
  'an id beside the marker': open + '"design"></script><p data-id="1" data-signature="x" data-timestamp="1">',
})) {
  test(`${name}: it fails`, async () => {
    serve(() => answer(text))
    await assert.rejects(resign(signal))
  })
}

test('it reads what the snippet writes', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1795200000_000 })
  const snippet = readFileSync(new URL('../../theme-snippet/shapestoken.liquid', import.meta.url), 'utf8')
  const liquid = new Liquid({ templates: { shapestoken: snippet.replace(/{% doc %}[^]*{% enddoc %}/, '') }, jekyllInclude: false })
  liquid.registerFilter('asset_url', String)
  const render = (globals: object): string => liquid.parseAndRenderSync("{% render 'shapestoken', endpoint: 'https://id.example.com' %}", {}, { globals: { shop: { permanent_domain: 'acme.myshopify.com' }, ...globals } }) as string
  serve(() => answer(render({ customer: { id: alice.id } })))
  const { customer_id: id, signature, timestamp } = await resign(signal)
  assert.deepEqual([id, signature?.length, timestamp], [alice.id, 64, '1795200000'])
  serve(() => answer(render({})))
  assert.deepEqual(Object.values(await resign(signal)), [undefined, undefined, undefined])
})
