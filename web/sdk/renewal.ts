import { aborted } from './aborted.js'
import type { Token } from './decode.js'
import { ShapesTokenError } from './error.js'
import { exchange } from './exchange.js'
import { resign, type Signed } from './resign.js'
import type { Session } from './session.js'
import type { Wallet } from './wallet.js'
import { within } from './within.js'

/**
 * Gets the session's customer another token than the one there was, from
 * another tab that was faster or by an exchange, and stores it. Whatever
 * arrives after the customer has gone is dropped.
 */
export async function renewal(session: Session, wallet: Wallet, before: string | undefined): Promise<Token> {
  const { id } = session
  const stay = (): void => {
    if (wallet.who() !== id) throw aborted()
  }
  stay()
  const stored = wallet.held()
  if (stored && stored.jwt !== before) return stored
  // A dated signature is made anew when it is a minute old.
  if (session.timestamp && (session.timestamp as number) < wallet.clock() - 60) {
    const take = ([now, signature, timestamp]: Signed): void => {
      stay()
      if (now !== id) wallet.enter('') // whoever that is, their own page has to say so
      session = { ...session, signature, timestamp }
    }
    await within(resign).then(take, () => {}) // without the section the old signature has to do
  }
  stay()
  const answer = await within((signal) => exchange(session, signal))
  stay()
  const token = wallet.accept(answer)
  if (!token) throw new ShapesTokenError('server', 'no usable token')
  return token
}
