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
import { session as read } from './session.js'
import type * as Public from './shapestoken.js'
import { shown } from './shown.js'
import { trace } from './trace.js'
import { wallet as open } from './wallet.js'

type Functions = Pick<typeof Public, 'init' | 'token' | 'anonymous' | 'peek' | 'clear'>

/** Makes the script's functions, around one visitor's session. */
export const client = (): Functions => {
  // Of a guest nothing outlives the page.
  const wallet = open(() => wallet.who() && (session.consent !== 'preferences' || allowed()))
  let session = read({})
  let renewing: Promise<string> | undefined
  let told = '' // the token that the page was told of
  let next = 0 // when the token is looked after again, unasked

  /** Whether there is a customer to ask for. Another tab may have seen them log out. */
  const here = (): unknown => {
    if (wallet.who() !== session.id) leave(wallet.who())
    return session.id || session.problem
  }

  const leave = (customer: string): void => become({ ...session, id: '' }, customer)

  const become = (options: object, customer?: string): void => {
    const { id } = session
    session = read(options)
    next = 0
    wallet.enter(customer ?? session.id)
    if (id && session.id === id) return
    renewing = undefined
    if (id) emit('cleared', { customerId: id })
  }

  /** Begins to get another token, or joins who has begun. */
  const renew = (): Promise<string> => {
    const work = renewal(session, wallet)
    return (renewing ??= shown().then(() => persist(work)).then(tell, fail).finally(() => (renewing = undefined)))
  }

  /** Passes a token on, and tells of it if it is new and a customer's. */
  const tell = (token: Token): string => {
    if (told !== token.jwt || !next) plan(Math.max(wallet.due(token), 9))
    if (told !== token.jwt) {
      told = token.jwt
      trace(session, told)
      if (session.id) emit('token', { customerId: session.id, expiry: token.exp, persistent: wallet.lasting() })
    }
    return told
  }

  const fail = (error: ShapesTokenError): never => {
    if (here() && error.code !== 'aborted') {
      // One to two minutes in which nothing is tried unasked.
      plan(error.retryable ? 60 * (1 + Math.random()) : Infinity)
      report(session, error)
    }
    throw error
  }

  const plan = (seconds: number): void => {
    const pause = seconds * 1000
    next = Date.now() + pause
    setTimeout(tend, pause + 50) // an earlier one finds nothing to do
  }

  /** Looks after the token, unasked: only while somebody looks at the page. */
  const tend = (): unknown => here() && !document.hidden && Date.now() >= next && get().catch(() => {})

  /** A token of whoever the session is of. */
  const get = async (request?: Public.Request): Promise<string> => {
    const { fresh, signal } = request ?? {}
    const { id } = session
    const stored = wallet.held()
    if (!fresh && stored) {
      tell(stored)
      if (Date.now() >= next) renew().catch(() => {})
      return stored.jwt
    }
    return heed(renew().catch((error) => {
      // While the stored token lives it is better than none, unless the caller has had enough of it.
      const held = wallet.held(0)
      if (fresh || !held || wallet.who() !== id) throw error
      return held.jwt
    }), signal, aborted())
  }

  return {
    /** Never throws; on a server, where there is no window, it does nothing. */
    init: (options) =>
      attempt(() => {
        // A listener that is added twice is called once.
        for (const event of ['visibilitychange', 'pageshow', 'online', 'storage']) window.addEventListener(event, tend)
        become(options)
        if (session.consent === 'preferences') consider(wallet.settle)
        tend()
      }),
    token: async (request) => (here() ? get(request) : null),
    // Another tab may have seen somebody log in. On a server there is no document.
    anonymous: async (request) => (attempt(() => document) && !here() && !wallet.who() ? get(request) : null),
    peek: () => ((here() && wallet.held()?.jwt) as string) || null,
    clear: () => leave(''),
  }
}
