// Renders the built snippet with liquidjs, whose hmac_sha256 is its own: what it
// signs is compared with vectors that neither it nor we made.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { Liquid, type TagToken, type TopLevelToken } from 'liquidjs'

interface Vector { name: string; secret: string; id: string; shop: string; timestamp: number; signature: string; valid: boolean }

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const vectors = JSON.parse(read('../../../testdata/vectors/customer.json')) as { v1: Vector[]; v2: Vector[] }
const endpoint = 'https://id.example.com/t/acme'
const version = read('../../VERSION').trim()

function engine(globals: object): Liquid {
  const liquid = new Liquid({ globals, templates: { shapestoken: read('../../dist/shapestoken.liquid') }, jekyllInclude: false })
  liquid.registerFilter('asset_url', (name: string) => '/assets/' + name)
  liquid.registerTag('doc', {
    parse(_: TagToken, rest: TopLevelToken[]) {
      while (rest.length && (rest.shift() as TagToken).name !== 'enddoc');
    },
    render: () => '',
  })
  return liquid
}

/** Renders the snippet as a theme does, and reads the marker's attributes. */
function marker(call: string, globals: object): Record<string, string> {
  const html = engine(globals).parseAndRenderSync(`{% render 'shapestoken', ${call} %}`) as string
  const [, attributes] = /^\s*<script\s+type="application\/json"([^<>]*)><\/script>/.exec(html) ?? assert.fail(html)
  return Object.fromEntries([...attributes!.matchAll(/\sdata-(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]))
}

const shopOf = (id_secret: unknown, permanent_domain = 'acme-dev.myshopify.com'): object => (
  { shop: { permanent_domain, metafields: { omneo: { id_secret } } } }
)

for (const { name, secret, id, signature } of vectors.v1.filter(({ valid }) => valid)) {
  test(`signs v1: ${name}`, () => {
    const { id: shown, signature: made } = marker("tenant: 'acme'", { ...shopOf(secret), customer: { id } })
    assert.deepEqual([shown, made], [id, signature])
  })
}

test('signs v2', (t) => {
  const valid = vectors.v2.filter((vector) => vector.valid)
  assert.ok(valid.length > 3)
  for (const { secret, id, shop, timestamp, signature } of valid) {
    t.mock.timers.enable({ apis: ['Date'], now: timestamp * 1000 })
    const made = marker(`endpoint: '${endpoint}'`, { ...shopOf({ value: secret }, shop), customer: { id: Number(id) } })
    assert.deepEqual([made.id, made.shop, made.timestamp, made.signature], [id, shop, String(timestamp), signature])
    t.mock.timers.reset()
  }
})

test('a missing metafield signs with an empty key, which the service recognises', () => {
  const empty = vectors.v1.find(({ name }) => name === 'empty key')!
  for (const shop of [shopOf(undefined), { shop: {} }]) {
    const { secret, signature } = marker("tenant: 'acme'", { ...shop, customer: { id: empty.id } })
    assert.deepEqual([secret, signature], ['blank', empty.signature])
  }
})

test('a guest gets no proof', () => {
  assert.deepEqual(Object.keys(marker(`endpoint: '${endpoint}'`, shopOf('s'))), ['shapestoken', 'state', 'secret', 'shop', 'endpoint'])
})

test('the theme editor gets no proof', () => {
  const made = marker(`endpoint: '${endpoint}'`, { ...shopOf('s'), customer: { id: 2 }, request: { design_mode: true } })
  assert.equal(made.state, 'design')
  assert.equal(made.signature, undefined)
})

test('with the app proxy for a source nothing is signed, and the metafields are not looked at', () => {
  const shop = { permanent_domain: 'acme-dev.myshopify.com', get metafields(): never { throw new Error('the metafields were read') } }
  const customer = { id: 7210381803720 }
  assert.deepEqual(marker("source: 'proxy', asset: true", { shop, customer }), {
    shapestoken: version, state: 'customer', secret: 'unused', shop: shop.permanent_domain, endpoint: '', source: 'proxy', id: '7210381803720',
  })
  assert.deepEqual(Object.keys(marker(`endpoint: '${endpoint}', source: 'proxy', proxy: '/apps/st'`, { shop })), ['shapestoken', 'state', 'secret', 'shop', 'endpoint', 'source', 'proxy'])
  assert.throws(() => marker(`endpoint: '${endpoint}'`, { shop, customer }), /the metafields were read/)
})

test('the path of the app proxy may stand beside a signature', () => {
  const { proxy, source, signature } = marker(`endpoint: '${endpoint}', proxy: '/apps/st'`, { ...shopOf('s'), customer: { id: 2 } })
  assert.deepEqual([proxy, source, signature?.length], ['/apps/st', undefined, 64])
})
