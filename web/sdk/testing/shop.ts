// A shop that knows who is logged in, and the token service: each as good or bad as the test wants it.
import { answer, json, jwt, tokenFor } from '../fixture.js'
import { place, type Tasks } from './tasks.js'

export type Mood = 'good' | 'hangs' | 'deaf' | 'unreachable' | 'fails' | 'busy' | 'refuses' | 'raves'

export type Way = 'signature' | 'both' | 'proxy'

export interface Shop {
  /** Who is logged in, as the shop's cookie has it; '' is nobody. */
  customer: string
  mood: Mood
  /** Milliseconds each way. */
  delay: number
  life: number
  readonly calls: number
  /** What the marker of a page says that is rendered now. */
  options(): Record<string, string>
  /** How themes get tokens: by the signature, by it and the app proxy, or by the proxy alone. */
  way: Way
  fetch(url: string, init?: RequestInit): Promise<Response>
}

/** The service is no tab: nothing stops it. */
const elsewhere = { globals: { Date, Math, performance }, frozen: false, dead: false }
const endpoint = 'https://id.example.com'
const proxy = '/apps/shapestoken'
const sign = (id: string, time: number): string => Buffer.from(`${id}:${time}`).toString('hex').padEnd(64, '0').slice(0, 64)

const bad: Record<Exclude<Mood, 'good' | 'hangs' | 'deaf' | 'unreachable'>, () => Response> = {
  fails: () => json({ error: 'temporarily_unavailable' }, 503),
  busy: () => json({}, 429, { 'Retry-After': '2' }),
  refuses: () => json({ error: 'invalid_signature', message: 'no' }, 401),
  raves: () => answer('<html>', 200),
}

export function shop(tasks: Tasks): Shop {
  const seconds = (): number => Math.floor(tasks.now() / 1000)
  let jti = 0

  function options(): Record<string, string> {
    const [id, timestamp] = [self.customer, seconds()]
    if (self.way === 'proxy') return { source: 'proxy', ...(id ? { id } : {}) }
    return { endpoint, shop: 'acme.myshopify.com', ...(self.way === 'both' ? { proxy } : {}), ...(id ? { id, signature: sign(id, timestamp), timestamp: String(timestamp) } : {}) }
  }

  function section(): Response {
    const { id, signature, timestamp } = options()
    const proof = id ? `data-state="customer" data-id="${id}" data-signature="${signature}" data-timestamp="${timestamp}"` : 'data-state="guest"'
    return self.mood === 'fails' ? answer('no such section', 404) : answer(`<script type="application/json" data-shapestoken="0.2.0" ${proof}></script>`)
  }

  /** Shopify asks the service for whoever is logged in by then. */
  function visit(): Response {
    if (self.mood in bad) return bad[self.mood as keyof typeof bad]()
    const claims = { iat: seconds(), jti: ++jti }
    return json({ token: self.customer ? tokenFor({ id: self.customer }, self.life, claims) : jwt({ pid: 'null', exp: seconds() + self.life, ...claims }) })
  }

  function exchange({ body }: RequestInit): Response {
    const { id, signature, timestamp } = JSON.parse(body as string) as Record<string, string>
    if (self.mood in bad) return bad[self.mood as keyof typeof bad]()
    if (signature !== sign(id!, +timestamp!)) return json({ error: 'invalid_signature' }, 401)
    if (+timestamp! < seconds() - 300) return json({ error: 'signature_expired' }, 401)
    return json({ token: tokenFor({ id: id! }, self.life, { iat: seconds(), jti: ++jti }) })
  }

  function fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const { mood } = self
    self.calls++
    return new Promise((resolve, reject) => {
      const at = place()!
      if (mood !== 'deaf') init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
      if (mood === 'hangs' || mood === 'deaf') return
      tasks.after(self.delay, elsewhere, () => {
        const found = url.startsWith('?') ? section() : url.startsWith(proxy) ? visit() : exchange(init)
        tasks.after(self.delay, at, () => (mood === 'unreachable' ? reject(new TypeError('Failed to fetch')) : resolve(found)))
      })
    })
  }

  const self = { customer: '', mood: 'good' as Mood, delay: 20, life: 120, way: 'signature' as Way, calls: 0, options, fetch }
  return self
}
