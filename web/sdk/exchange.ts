import { ask } from './ask.js'
import type { Token } from './decode.js'
import type { Session } from './session.js'

/** Posts the customer's proof for a token. */
export const exchange = (session: Session) => (signal: AbortSignal): Promise<Token> =>
  // The browser does not tell a page which of the two it was.
  ask(session, session.endpoint, '/shopify/api/v1/auth/token', 'does not list ' + location.origin, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    // A signature of v1 knows neither time nor shop, and Omneo documents neither.
    body: JSON.stringify(session, session.timestamp ? ['id', 'signature', 'timestamp', 'shop'] : ['id', 'signature']),
    credentials: 'omit',
    signal,
  })
