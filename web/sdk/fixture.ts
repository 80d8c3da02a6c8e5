// What the tests stand on: tokens, a page with a localStorage that can refuse, a service, a clock.
import type { TestContext } from 'node:test'
import { client } from './client.js'
import type { Session } from './session.js'

/** A customer, and the signature a theme might have rendered for them. */
export const alice = { endpoint: 'https://api.acme.example', id: '7210381803720', signature: 'a1'.repeat(32) }
export const bob = { ...alice, id: '6940095564321', signature: 'b2'.repeat(32) }
export const session: Session = { ...alice, proxy: '', problem: false }

type Customer = Pick<typeof alice, 'id'>

/** The key under which a customer's token lies, and that of who is logged in. */
export const keyOf = ({ id }: Customer): string => 'shapes:omneo:shapestoken:' + id
export const who = 'shapestoken:id'

/** A JWT with this payload. The signature is noise: browsers do not check it. */
export function jwt(payload: unknown, header: unknown = { alg: 'ES256', typ: 'JWT' }): string {
  return [header, payload].map(encode).join('.') + '.c2lnbmF0dXJl'
}

function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}

/** A token as the service makes it for this customer, good for so many seconds. */
export function tokenFor({ id }: Customer, seconds = 900, claims: { iat?: number; [name: string]: unknown } = {}): string {
  const { iat = Math.floor(Date.now() / 1000) } = claims
  return jwt({ pid: 'a2c4', customer_id: id, iat, exp: iat + seconds, ...claims })
}

/** Gives the global object a property that a later test may replace. */
export function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { configurable: true, writable: true, value })
}

export type Refusal = 'get' | 'set' | 'delete' | 'enumerate' | 'localStorage'
export type Items = Record<string, string>

/** Puts a localStorage in place that holds these entries and throws at these touches. */
export function install(entries: Items = {}, refusals: Refusal[] = []): Items {
  const items = { ...entries }
  const touch = (name: Refusal): void => {
    if (refusals.includes(name)) throw new DOMException('The operation is insecure.', 'SecurityError')
  }
  const storage = new Proxy(items, {
    get: (_, key: string) => (touch('get'), items[key]),
    set: (_, key: string, value) => (touch('set'), (items[key] = String(value)), true),
    deleteProperty: (_, key: string) => (touch('delete'), delete items[key]),
    ownKeys: () => (touch('enumerate'), Object.keys(items)),
  })
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: () => (touch('localStorage'), storage) })
  return items
}

/** Only the tokens in it, by their customers' ids. */
export const tokensIn = (items: Items): string[] => Object.keys(items).filter((key) => key.startsWith(keyOf({ id: '' }))).map((key) => key.slice(keyOf({ id: '' }).length))

export interface Page {
  readonly document: EventTarget & { hidden: boolean; prerendering: boolean }
  readonly window: EventTarget
  /** What the document heard of the script, in order. */
  readonly events: [name: string, detail: Record<string, unknown>][]
}

/** Puts a visible page in place, without locks. */
export function open(): Page {
  const document = Object.assign(new EventTarget(), { hidden: false, prerendering: false })
  const page: Page = { document, window: new EventTarget(), events: [] }
  for (const name of ['token', 'error', 'cleared']) {
    document.addEventListener('shapes:' + name, (event) => page.events.push([name, (event as CustomEvent).detail]))
  }
  for (const [name, value] of Object.entries({ ...page, navigator: {}, location: { origin: 'https://shop.example' }, Shopify: undefined })) define(name, value)
  return page
}

/** One request that the service got. */
export interface Call {
  readonly url: string
  readonly init: RequestInit
}

/** Replaces fetch; returns the requests it gets, in order. */
export function serve(answer: (call: Call) => Response | Promise<Response>): Call[] {
  const calls: Call[] = []
  define('fetch', async (url: string, init: RequestInit) => {
    calls.push({ url, init })
    return answer({ url, init })
  })
  return calls
}

/** An answer with this text. It is no real Response: the body of one takes its own time. */
export function answer(text: string, status = 200, headers: Items = {}): Response {
  return { ok: status > 199 && status < 300, status, headers: new Headers(headers), text: () => Promise.resolve(text) } as Response
}

/** An answer with this JSON for a body. */
export const json = (body: unknown, status = 200, headers: Items = {}): Response => answer(JSON.stringify(body), status, headers)

/** A service that answers every customer with a token of their own. */
export function service(seconds = 900, claims = {}): Call[] {
  let jti = 0
  return serve(({ init }) => json({ token: tokenFor(JSON.parse(String(init.body)) as Customer, seconds, { jti: ++jti, ...claims }) }))
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

/** The time at which clocks start. */
export const start = 1_795_200_000

/** Stops the clock; the function it returns lets so many seconds pass. */
export function clock(t: TestContext): (seconds: number, step?: number) => Promise<void> {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: start * 1000 })
  define('performance', { now: () => Date.now() }) // the mocks leave it alone
  return async (seconds, step = 0.25) => {
    await settle()
    for (let left = seconds; left > 0; left -= step) {
      t.mock.timers.tick(Math.round(Math.min(step, left) * 1000))
      await settle()
    }
  }
}

/** Collects what is written to the console, except by Node itself. */
export function listen(t: TestContext): string[] {
  const lines: string[] = []
  const hear = (...texts: unknown[]): void => {
    const line = texts.map(String).join(' ')
    if (!line.startsWith('(node:')) lines.push(line)
  }
  for (const name of ['warn', 'debug', 'log', 'info', 'error'] as const) t.mock.method(console, name, hear)
  return lines
}

/** What a promise came to: its value, or the code of its error; nothing while it is pending. */
export function outcome(promise: Promise<unknown>): { value?: unknown } {
  const seen: { value?: unknown } = {}
  promise.then((value) => (seen.value = value), (error: { code?: string }) => (seen.value = error.code ?? error))
  return seen
}

/** The script as it is once a page has told it who is logged in. */
export function started(options: object = alice): ReturnType<typeof client> {
  const script = client()
  script.init(options)
  return script
}

/** A page and its script at a stopped clock: what most tests of the script begin with. */
export function stage(t: TestContext, items: Items = {}, refusals: Refusal[] = []): Page & { items: Items; lines: string[]; pass: ReturnType<typeof clock> } {
  return { pass: clock(t), lines: listen(t), items: install(items, refusals), ...open() }
}
