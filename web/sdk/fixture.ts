// What the tests stand on: tokens, a localStorage that can refuse, a service.
import type { TestContext } from 'node:test'
import { client } from './client.js'

/** A customer, and the signature a theme might have rendered for them. */
export const alice = { endpoint: 'https://api.acme.example', customerId: '7210381803720', signature: 'a1'.repeat(32) }
export const bob = { ...alice, customerId: '6940095564321', signature: 'b2'.repeat(32) }

/** The key under which a customer's token lies. */
export const keyOf = (customer: { customerId: string }): string => 'shapes:omneo:shapestoken:' + customer.customerId

/** A JWT with these claims. The signature is noise: browsers do not check it. */
export function jwt(claims: unknown): string {
  return [{ alg: 'ES256', typ: 'JWT' }, claims].map(encode).join('.') + '.c2lnbmF0dXJl'
}

/** A token as the service makes it for this customer, good for so many seconds. */
export function tokenFor(customer: { customerId: string }, seconds = 900, claims: object = {}): string {
  const iat = Math.floor(Date.now() / 1000)
  return jwt({ pid: 'a2c4', customer_id: customer.customerId, iat, exp: iat + seconds, ...claims })
}

function encode(part: unknown): string {
  return btoa(JSON.stringify(part)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
}

export type Refusal = 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length' | 'localStorage'

/** Puts a localStorage in place that holds these entries and throws at these touches. */
export function install(entries: Record<string, string> = {}, refusals: Refusal[] = []): Map<string, string> {
  const items = new Map(Object.entries(entries))
  const touch = (name: Refusal): void => {
    if (refusals.includes(name)) throw new DOMException('The operation is insecure.', 'SecurityError')
  }
  const storage = {
    getItem: (key: string) => (touch('getItem'), items.get(key) ?? null),
    setItem: (key: string, value: string) => (touch('setItem'), void items.set(key, String(value))),
    removeItem: (key: string) => (touch('removeItem'), void items.delete(key)),
    key: (n: number) => (touch('key'), [...items.keys()][n] ?? null),
    get length() { return touch('length'), items.size },
  }
  define('localStorage', { get: () => (touch('localStorage'), storage) })
  return items
}

/** Gives the global object a property that a later test may replace. */
export function define(name: string, property: PropertyDescriptor): void {
  Object.defineProperty(globalThis, name, { configurable: true, ...property })
}

/** One request that the service got. */
export interface Call {
  readonly url: string
  readonly init: RequestInit
}

/** Replaces fetch; returns the requests it gets, in order. */
export function serve(answer: (call: Call) => Response | Promise<Response>): Call[] {
  const calls: Call[] = []
  define('fetch', {
    writable: true,
    value: async (url: string, init: RequestInit) => {
      calls.push({ url, init })
      return answer({ url, init })
    },
  })
  return calls
}

/** An answer with this JSON for a body. */
export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}

/** A promise that the test settles when it likes. */
export function pending<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]))
  return { promise, resolve, reject }
}

/** Lets everything run that is only waiting for promises. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Collects what is written to the console; nothing may be, unless a test says so. */
export function listen(t: TestContext): () => string[] {
  const { mock } = t.mock.method(console, 'warn', () => {})
  return () => mock.calls.map((call) => String(call.arguments[0]))
}

/** A service that answers every customer with a token of their own. */
export function service(seconds = 900): Call[] {
  return serve(({ init }) => {
    const { id } = JSON.parse(String(init.body)) as { id: string }
    return json({ token: tokenFor({ customerId: id }, seconds, { jti: String(Math.random()) }) })
  })
}

/** The script as it is once a page has told it who is logged in. */
export function started(customer: typeof alice = alice): ReturnType<typeof client> {
  const script = client()
  script.init(customer)
  return script
}
