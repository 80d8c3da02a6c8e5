// The script of a theme, from its source and as it is built.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test, { type TestContext } from 'node:test'
import { createContext, runInContext } from 'node:vm'
import { alice, bob, define, json, jwt, keyOf, outcome, serve, service, settle, stage, start, tokenFor, tokensIn, type Call, type Items } from '../sdk/fixture.js'
import type { Page } from './page.js'

const built = readFileSync(new URL('../../dist/shapestoken.js', import.meta.url), 'utf8')
const version = '9.9.9'
define('SHAPESTOKEN_VERSION', version)

interface Shop {
  readonly page: Page
  readonly items: Items
  readonly calls: Call[]
  marker: Items | undefined
  /** Includes the script once more. */
  include(): Promise<void>
}

let copies = 0
const ways: Record<string, (window: object) => unknown> = {
  source: () => import('./snippet.js?' + copies++ as string),
  built(window) {
    const names = ['document', 'navigator', 'location', 'fetch', 'localStorage', 'setTimeout', 'clearTimeout', 'Date', 'performance', 'console', 'CustomEvent', 'AbortController', 'atob']
    runInContext(built, createContext({ window, ...Object.fromEntries(names.map((name) => [name, (globalThis as Record<string, unknown>)[name]])) }))
  },
}

/** A page with this marker, on which nothing has run. */
function open(t: TestContext, way: string, marker: Items | undefined, stored: Items = {}): Shop {
  const { items, document, window } = stage(t, stored)
  const shop: Shop = { page: window as Page, items, calls: service(), marker, include: async () => void (await ways[way]!(window)) }
  const querySelector = (selector: string): object | null => (selector.startsWith('script[data-shapestoken]') && shop.marker ? { dataset: shop.marker } : null)
  Object.assign(document, { querySelector })
  return shop
}

const signedIn = (customer: typeof alice): Items => ({ shapestoken: version, state: 'customer', secret: 'present', ...customer })

for (const way of Object.keys(ways)) {
  test(`${way}: a customer gets a token without a line of code`, async (t) => {
    const shop = open(t, way, signedIn(alice))
    await shop.include()
    assert.equal(await shop.page.shapestoken!.token!(), shop.items[keyOf(alice)])
    assert.deepEqual(shop.calls.map(({ init }) => init.body), [JSON.stringify({ id: alice.id, signature: alice.signature })])
  })

  test(`${way}: a guest makes no call, and old keys go`, async (t) => {
    const shop = open(t, way, { state: 'guest', endpoint: alice.endpoint }, { [keyOf(alice)]: tokenFor(alice), cart: '1' })
    await shop.include()
    assert.equal(await shop.page.shapestoken!.token!(), null)
    assert.deepEqual([shop.items, shop.calls], [{ cart: '1' }, []])
  })

  test(`${way}: without a marker nothing is done, but the global answers`, async (t) => {
    const shop = open(t, way, undefined, { [keyOf(bob)]: 'kept' })
    await shop.include()
    shop.page.shapestoken!.init!()
    assert.equal(await shop.page.shapestoken!.token!(), null)
    assert.deepEqual([tokensIn(shop.items), shop.calls], [[bob.id], []])
  })

  test(`${way}: a second inclusion does nothing`, async (t) => {
    const shop = open(t, way, signedIn(alice))
    await shop.include()
    const first = shop.page.shapestoken!
    await shop.include()
    assert.equal(shop.page.shapestoken, first)
    assert.deepEqual(Object.keys(first).sort(), ['anonymous', 'clear', 'init', 'on', 'peek', 'token', 'version'])
    await first.token!()
    assert.equal(shop.calls.length, 1)
  })

  test(`${way}: init without options reads the marker again`, async (t) => {
    const shop = open(t, way, signedIn(alice))
    await shop.include()
    await shop.page.shapestoken!.token!()
    shop.marker = signedIn(bob)
    shop.page.shapestoken!.init!()
    assert.equal(await shop.page.shapestoken!.token!(), shop.items[keyOf(bob)])
    assert.deepEqual(tokensIn(shop.items), [bob.id])
  })

  test(`${way}: init with options needs no marker`, async (t) => {
    const shop = open(t, way, undefined)
    await shop.include()
    shop.page.shapestoken!.init!(alice)
    assert.equal(await shop.page.shapestoken!.token!(), shop.items[keyOf(alice)])
  })

  test(`${way}: what the stub was asked is answered`, async (t) => {
    const shop = open(t, way, signedIn(alice))
    await import('./stub.js?' + copies++ as string)
    const asked = [outcome(shop.page.shapestoken!.token!()), outcome(shop.page.shapestoken!.token!())]
    await shop.include()
    await settle()
    assert.deepEqual(asked.map(({ value }) => value), Array(2).fill(shop.items[keyOf(alice)]))
    assert.equal(shop.calls.length, 1)
  })

  test(`${way}: the marker may name the app proxy in place of a proof`, async (t) => {
    const shop = open(t, way, { shapestoken: version, state: 'customer', secret: 'unused', endpoint: '', source: 'proxy', proxy: '/apps/st/', id: alice.id })
    const asked = serve(() => json({ token: tokenFor(alice) }))
    await shop.include()
    assert.equal(await shop.page.shapestoken!.token!(), shop.items[keyOf(alice)])
    assert.deepEqual([asked.map(({ url }) => url), await shop.page.shapestoken!.anonymous!()], [['/apps/st/token'], null])
  })

  test(`${way}: a guest's page has a token that is not kept, also by the stub`, async (t) => {
    const shop = open(t, way, { shapestoken: version, state: 'guest', source: 'proxy' })
    const token = jwt({ pid: 'null', iat: start, exp: start + 900 })
    serve(() => json({ token }))
    await import('./stub.js?' + copies++ as string)
    const asked = outcome(shop.page.shapestoken!.anonymous!())
    await shop.include()
    await settle()
    assert.deepEqual([asked.value, await shop.page.shapestoken!.anonymous!(), shop.items], [token, token, {}])
  })

  test(`${way}: an element named shapestoken is not taken for the script`, async (t) => {
    const shop = open(t, way, signedIn(alice))
    shop.page.shapestoken = { nodeName: 'DIV' } as NonNullable<Page['shapestoken']>
    await shop.include()
    assert.ok(await shop.page.shapestoken.token!())
  })

  test(`${way}: it listens, and tells its version`, async (t) => {
    const shop = open(t, way, signedIn(alice))
    await shop.include()
    const heard: string[] = []
    shop.page.shapestoken!.on!('token', ({ customerId }) => heard.push(customerId))
    await shop.page.shapestoken!.token!()
    assert.deepEqual(heard, [alice.id])
    assert.match(shop.page.shapestoken!.version!, /^\d+\.\d+\.\d+$/)
  })
}
