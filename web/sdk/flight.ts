import { ShapesTokenError } from './error.js'
import { exchange } from './exchange.js'
import type { Session } from './session.js'

/** Milliseconds after which an exchange is given up. */
const patience = 8000

/** One exchange under way. */
export interface Flight {
  /** Settles with the service's token, unchecked, or rejects with ShapesTokenError. */
  readonly arrival: Promise<unknown>
  /** Ends the request and makes arrival reject with why, now. */
  stop(why: ShapesTokenError): void
}

/** Starts an exchange that settles in bounded time, even where fetch ignores being aborted. */
export function flight(session: Session): Flight {
  const abort = new AbortController()
  let reject: (why: ShapesTokenError) => void
  const stopped = new Promise<never>((_, no) => (reject = no))
  const stop = (why: ShapesTokenError): void => {
    reject(why)
    abort.abort()
  }
  const late = new ShapesTokenError('timeout', `The token service at ${session.endpoint} did not answer within ${patience / 1000} s.`)
  const timer = setTimeout(stop, patience, late)
  const arrival = Promise.race([exchange(session, abort.signal), stopped]).finally(() => clearTimeout(timer))
  return { arrival, stop }
}
