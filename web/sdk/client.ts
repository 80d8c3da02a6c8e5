import { ShapesTokenError } from './error.js'
import { flight, type Flight } from './flight.js'
import { nobody, session as read } from './session.js'
import type * as Public from './shapestoken.js'
import { wallet as open } from './wallet.js'
import { warn } from './warn.js'

/** An exchange under way, and what everybody who asked meanwhile waits for. */
interface Renewal extends Pick<Flight, 'stop'> {
  readonly result: Promise<string>
}

/** Makes the script's four functions, around one customer's session. */
export function client(): Pick<typeof Public, 'init' | 'token' | 'peek' | 'clear'> {
  const wallet = open()
  let session = nobody
  let renewal: Renewal | undefined

  /** Starts an exchange, or joins the one under way. */
  function renew(): Promise<string> {
    if (renewal) return renewal.result
    const { arrival, stop } = flight(session)
    const result: Promise<string> = arrival.then(
      (answer) => land(mine, () => accept(answer)),
      (error) => land(mine, () => { throw error }),
    )
    const mine: Renewal = { stop, result }
    renewal = mine
    return result
  }

  /**
   * Ends a renewal. One that was abandoned neither stores nor returns anything:
   * by now somebody else may be logged in. One that failed falls back on the
   * stored token while that lives.
   */
  function land(mine: Renewal, outcome: () => string): string {
    if (renewal !== mine) throw aborted()
    renewal = undefined
    try {
      return outcome()
    } catch (error) {
      const token = wallet.held(session.id)
      if (token) return token.jwt
      throw error
    }
  }

  function accept(answer: unknown): string {
    const token = wallet.accept(answer, session.id)
    if (token) return token.jwt
    throw new ShapesTokenError('server', `The answer of ${session.endpoint} holds no usable token for this customer.`)
  }

  function abandon(): void {
    renewal?.stop(aborted())
    renewal = undefined
  }

  async function token(): Promise<string | null> {
    if (!session.id && !session.problem) return null
    const stored = wallet.fresh(session.id)
    if (!stored) return renew()
    if (wallet.fading(stored)) renew().catch(() => {})
    return stored.jwt
  }

  function init(options: Public.Options): void {
    const next = read(options)
    const same = next.id === session.id && next.problem === session.problem
    if (!same) abandon()
    wallet.clean(next.id, !!session.id && next.id !== session.id)
    session = next
    if (!same) token().catch(warn)
  }

  function peek(): string | null {
    return wallet.fresh(session.id)?.jwt ?? null
  }

  function clear(): void {
    abandon()
    wallet.clean('', true)
  }

  return { init, token, peek, clear }
}

function aborted(): ShapesTokenError {
  return new ShapesTokenError('aborted', 'The token was cleared, or the customer changed, while it was being fetched.')
}
