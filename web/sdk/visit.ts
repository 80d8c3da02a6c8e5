import { ask } from './ask.js'
import type { Token } from './decode.js'
import type { Session } from './session.js'

/** Asks the shop's app proxy for a token of whoever is there, whom Shopify knows by its own cookie. */
export const visit = (session: Session) => (signal: AbortSignal): Promise<Token> =>
  ask(session, session.proxy, '/token', 'no app proxy', { signal })
