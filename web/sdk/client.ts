import { aborted } from './aborted.js'
import { attempt } from './attempt.js'
import { allowed, consider } from './consent.js'
import type { Token } from './decode.js'
import type { ShapesTokenError } from './error.js'
import { emit } from './events.js'
import { heed } from './heed.js'
import { persist } from './persist.js'
import { renewal } from './renewal.js'
import { report } from './report.js'
import { session as read, type Session } from './session.js'
import type * as Public from './shapestoken.js'
import { shown } from './shown.js'
import { trace } from './trace.js'
import { turn } from './turn.js'
import { wallet as open } from './wallet.js'

/** Makes the script's functions, around one customer's session. */
export function client(): Pick<typeof Public, 'init' | 'token' | 'peek' | 'clear'> {
  const nobody = read({})
  const wallet = open(() => !session.consent || allowed())
  let session = nobody
  let renewing: Promise<string> | undefined
  let told = '' // the token that the page was told of
  let next = 0 // when the token is looked after again, unasked

  /** Whether there is somebody to ask for. Another tab may have seen them log out. */
  function here(): unknown {
    if (session.id && wallet.who() !== session.id) become(nobody, wallet.who())
    return session.id || session.problem
  }

  function become(other: Session, customer = other.id): void {
    const { id } = session
    session = other
    next = 0
    wallet.enter(customer)
    if (other.id === id) return
    renewing = undefined
    if (id) emit('cleared', { customerId: id })
  }

  /** Starts an exchange, or joins the one under way. */
  function renew(): Promise<string> {
    const before = wallet.held(0)?.jwt
    const asking = session
    const work = (): Promise<Token> => turn('shapestoken:' + asking.id, () => renewal(asking, wallet, before))
    return (renewing ??= shown().then(() => persist(work)).then(tell, fail).finally(() => (renewing = undefined)))
  }

  /** Passes a token on, and tells of it if it is new. */
  function tell(token: Token): string {
    const { jwt, exp } = token
    if (!next || told !== jwt) plan(Math.max(wallet.due(token) * 1000, 9000))
    if (told !== jwt) {
      const persistent = wallet.lasting()
      told = jwt
      trace(session, jwt)
      emit('token', { customerId: session.id, expiry: exp, persistent })
    }
    return jwt
  }

  function fail(error: ShapesTokenError): never {
    if (here() && error.code !== 'aborted') {
      // One to two minutes in which nothing is tried unasked.
      plan(error.retryable ? 60000 * (1 + Math.random()) : Infinity)
      report(session, error)
    }
    throw error
  }

  function plan(pause: number): void {
    next = Date.now() + pause
    setTimeout(tend, pause + 50) // an earlier one finds nothing to do
  }

  /** Looks after the token, unasked: only while somebody looks at the page. */
  function tend(): void {
    if (here() && !document.hidden && Date.now() >= next) token().catch(() => {})
  }

  async function token(request?: Public.Request): Promise<string | null> {
    const { fresh, signal } = Object(request) as Public.Request
    if (!here()) return null
    const { id } = session
    const stored = wallet.held()
    if (fresh || !stored) return heed(renew().catch(fallBack), signal, aborted())
    tell(stored)
    if (Date.now() >= next) renew().catch(() => {})
    return stored.jwt

    /** While the stored token lives it is better than none, unless the caller has had enough of it. */
    function fallBack(error: unknown): string {
      const held = wallet.held(0)
      if (fresh || !held || wallet.who() !== id) throw error
      return held.jwt
    }
  }

  /** Never throws; on a server, where there is no window, it does nothing. */
  function init(options: Public.Options): void {
    attempt(() => {
      // A listener that is added twice is called once.
      for (const event of ['visibilitychange', 'pageshow', 'online', 'storage']) window.addEventListener(event, tend)
      become(read(options))
      if (session.consent) consider(wallet.settle)
      tend()
    })
  }

  function peek(): string | null {
    return ((here() && wallet.held()?.jwt) as string) || null
  }

  return { init, token, peek, clear: () => become(nobody) }
}
