import { aborted } from './aborted.js'
import type { Token } from './decode.js'
import { exchange } from './exchange.js'
import { resign, type Signed } from './resign.js'
import type { Session } from './session.js'
import { turn } from './turn.js'
import { visit } from './visit.js'
import type { Wallet } from './wallet.js'
import { within } from './within.js'

/**
 * Gets the session's customer or guest another token than the one there is
 * now, from another tab that is faster, by the app proxy or by an exchange, and
 * stores it. Whatever arrives after they have gone is dropped.
 */
export const renewal = (session: Session, wallet: Wallet, before = wallet.held(0)) => (): Promise<Token> =>
  turn('shapestoken:' + session.id, async () => {
    const { id, endpoint, timestamp } = session
    const stay = (): void => {
      if (wallet.who() !== id) throw aborted()
    }
    stay()
    const stored = wallet.held()
    if (stored && stored.jwt !== before?.jwt) return stored
    const visiting = visit(session)
    let found: (Signed & Partial<Token>) | void = undefined
    if (!id || !endpoint) found = await within(visiting)
    // A dated signature is made anew when it is a minute old. Where nothing does that the old one has to do.
    else if (timestamp && (timestamp as number) < wallet.clock() - 60) found = await within((signal) => visiting(signal).catch(() => resign(signal))).catch(() => {})
    stay()
    if (found && (found.customer_id ?? '') !== id) {
      wallet.enter('') // whoever is there now, their own page has to say so
      throw aborted()
    }
    const token = found?.jwt ? (found as Token) : await within(exchange({ ...session, ...found }))
    stay()
    wallet.accept(token)
    return token
  })
