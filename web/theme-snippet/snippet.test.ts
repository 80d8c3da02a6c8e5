// Runs the very file that themes load, dist/shapestoken.js, in a page made of
// what it touches. `go run build.go -check` proves that the file is current.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { createContext, runInContext, type Context } from 'node:vm'
import { alice, bob, keyOf, tokenFor } from '../sdk/fixture.js'

const script = readFileSync(new URL('../../dist/shapestoken.js', import.meta.url), 'utf8')

interface Page {
  readonly context: Context & { shapestoken?: { token(): Promise<string | null>; peek(): string | null; version: string } }
  readonly items: Map<string, string>
  readonly bodies: string[]
  marker: Record<string, string> | null
  show(persisted: boolean): void
}

const signedIn = (customer: typeof alice): Record<string, string> => (
  { state: 'customer', endpoint: customer.endpoint, id: customer.customerId, signature: customer.signature }
)

function open(marker: Page['marker'], entries: Record<string, string> = {}): Page {
  const items = new Map(Object.entries(entries))
  const bodies: string[] = []
  const listeners: ((event: { persisted: boolean }) => void)[] = []
  const page: Page = {
    items, bodies, marker,
    show: (persisted) => listeners.forEach((listener) => listener({ persisted })),
    context: createContext({
      console, setTimeout, clearTimeout, AbortController, atob,
      location: { origin: 'https://shop.example' },
      document: { querySelector: () => page.marker && { dataset: page.marker } },
      addEventListener: (name: string, listener: () => void) => (assert.equal(name, 'pageshow'), listeners.push(listener)),
      localStorage: {
        getItem: (key: string) => items.get(key) ?? null, setItem: (key: string, value: string) => items.set(key, value),
        removeItem: (key: string) => items.delete(key), key: (n: number) => [...items.keys()][n], get length() { return items.size },
      },
      fetch: async (_: string, { body }: { body: string }) => {
        bodies.push(body)
        return new Response(JSON.stringify({ token: tokenFor({ customerId: (JSON.parse(body) as { id: string }).id }) }))
      },
    }),
  }
  runInContext(script, page.context)
  return page
}

test('a customer gets a token without a line of code', async () => {
  const { context, items, bodies } = open(signedIn(alice))
  assert.equal(await context.shapestoken!.token(), items.get(keyOf(alice)))
  assert.deepEqual(bodies, [JSON.stringify({ id: alice.customerId, signature: alice.signature })])
})

test('a guest makes no call, and old keys go', async () => {
  const { context, items, bodies } = open({ state: 'guest', endpoint: alice.endpoint }, { [keyOf(alice)]: tokenFor(alice), cart: '1' })
  assert.equal(await context.shapestoken!.token(), null)
  assert.deepEqual([...items.keys()], ['cart'])
  assert.equal(bodies.length, 0)
})

for (const [name, marker] of [['the theme editor', { ...signedIn(alice), state: 'design' }], ['a page without marker', null]] as const) {
  test(`${name}: nothing is done, but the global answers`, async () => {
    const { context, items, bodies } = open(marker, { [keyOf(bob)]: 'kept' })
    assert.equal(await context.shapestoken!.token(), null)
    assert.deepEqual([...items.keys()], [keyOf(bob)])
    assert.equal(bodies.length, 0)
  })
}

test('included twice there is one client, one request, and one global name', async () => {
  const page = open(signedIn(alice))
  const { shapestoken } = page.context
  const before = Object.keys(page.context)
  runInContext(script, page.context)
  assert.equal(page.context.shapestoken, shapestoken)
  assert.deepEqual(Object.keys(page.context), before)
  assert.deepEqual(Object.keys(shapestoken!), ['init', 'token', 'peek', 'clear', 'version'])
  await shapestoken!.token()
  assert.equal(page.bodies.length, 1)
})

test('an element named shapestoken is not taken for the script', async () => {
  const page = open(null)
  page.context.shapestoken = { nodeName: 'DIV' } as unknown as NonNullable<Page['context']['shapestoken']>
  page.marker = signedIn(alice)
  runInContext(script, page.context)
  assert.ok(await page.context.shapestoken.token())
})

test('a page from the back/forward cache reads the marker again', async () => {
  const page = open(signedIn(alice))
  await page.context.shapestoken!.token()
  page.marker = signedIn(bob)
  page.show(false)
  assert.equal(page.bodies.length, 1)
  page.show(true)
  assert.equal(await page.context.shapestoken!.token(), page.items.get(keyOf(bob)))
  assert.deepEqual([...page.items.keys()], [keyOf(bob)])
})
