// Renders the built app embed block of the theme app extension as a theme does:
// it is the snippet, with the merchant's settings and a key that only the app has.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import { Liquid, type TagToken, type TopLevelToken } from 'liquidjs'

interface Vector { secret: string; id: string; shop: string; timestamp: number; signature: string; valid: boolean }

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const vectors = (JSON.parse(read('../../../testdata/vectors/customer.json')) as { v2: Vector[] }).v2.filter(({ valid }) => valid)
const block = read('../../dist/extension/blocks/shapestoken.liquid')
const schema = JSON.parse(block.split('{% schema %}')[1]!.split('{% endschema %}')[0]!) as {
  name: string
  target: string
  settings: { id: string; label: string; info: string; default?: unknown; options?: { label: string }[] }[]
}

const liquid = new Liquid()
liquid.registerFilter('asset_url', (name: string) => '/extension/' + name)
liquid.registerTag('schema', {
  parse(_: TagToken, rest: TopLevelToken[]) {
    while (rest.length && (rest.shift() as TagToken).name !== 'endschema');
  },
  render: () => '',
})

/** What a block has whose merchant has set these settings, and left the others alone. */
const defaults = Object.fromEntries(schema.settings.map((setting) => [setting.id, setting.default]))
const render = (settings: object, globals: object): string =>
  liquid.parseAndRenderSync(block, { block: { settings: { ...defaults, ...settings } }, ...globals }) as string

function marker(html: string): Record<string, string> {
  const [, attributes] = /<script\s+type="application\/json"([^<>]*)><\/script>/.exec(html) ?? assert.fail(html)
  return Object.fromEntries([...attributes!.matchAll(/\sdata-(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]))
}

const endpoint = 'https://id.example.com/t/acme'

test('signs v2 with the key that only the app has', (t) => {
  for (const { secret, id, shop, timestamp, signature } of vectors) {
    t.mock.timers.enable({ apis: ['Date'], now: timestamp * 1000 })
    const html = render({ endpoint }, {
      app: { metafields: { omneo: { id_secret: { value: secret } } } },
      shop: { permanent_domain: shop, get metafields(): never { throw new Error("the shop's metafields were read") } },
      customer: { id: Number(id) },
    })
    const made = marker(html)
    assert.deepEqual([made.id, made.signature, made.endpoint, made.proxy, made.secret], [id, signature, endpoint, '/apps/shapestoken', 'present'])
    assert.match(html, /<script\s+src="\/extension\/shapestoken.js"\s+defer\s*><\/script>/)
    assert.ok(!html.includes(secret))
    t.mock.timers.reset()
  }
})

test('with the app proxy for a source no key is read', () => {
  const app = { get metafields(): never { throw new Error("the app's metafields were read") } }
  const made = marker(render({ source: 'proxy', consent: true, debug: true }, { app, shop: { permanent_domain: 'acme-dev.myshopify.com' }, customer: { id: 2 } }))
  const { shapestoken, ...rest } = made
  assert.ok(shapestoken)
  assert.deepEqual(rest, {
    state: 'customer', secret: 'unused', shop: 'acme-dev.myshopify.com', endpoint: '', source: 'proxy', proxy: '/apps/shapestoken', consent: 'preferences', debug: 'true', id: '2',
  })
})

test('an app without the metafield is blank, and says so', () => {
  assert.equal(marker(render({ endpoint }, { shop: {}, app: {}, customer: { id: 2 } })).secret, 'blank')
})

test('what a merchant types is text', () => {
  const html = render({ endpoint: '"><script>alert(1)</script>', proxy: '"><b>' }, { shop: {}, app: {} })
  assert.ok(!html.includes('<script>alert') && !html.includes('<b>'), html)
})

test('every label is translated, in every language', () => {
  const used = JSON.stringify(schema).match(/t:[\w.]+/g)!.map((key) => key.slice(2))
  const names = readdirSync(new URL('../../dist/extension/locales/', import.meta.url))
  assert.deepEqual(names, ['de.schema.json', 'en.default.schema.json'])
  for (const name of names) {
    const texts = JSON.parse(read('../../dist/extension/locales/' + name)) as Record<string, unknown>
    const has = Object.entries(texts).flatMap(([key, value]) => (typeof value === 'string' ? [key] : Object.keys(value as object).map((part) => `${key}.${part}`)))
    assert.deepEqual(has.sort(), used.sort(), name)
    assert.ok((texts.name as string).length <= 25, 'a name has 25 characters at most')
  }
})

test('it is an app embed, in the head', () => {
  assert.deepEqual([schema.target, schema.name], ['head', 't:name'])
})
