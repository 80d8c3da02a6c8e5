import { ShapesTokenError } from './error.js'
import { failure } from './failure.js'
import type { Session } from './session.js'

/**
 * Posts the customer's proof and returns the `token` of the answer, unchecked.
 * It rejects with ShapesTokenError for whatever else comes back.
 */
export async function exchange(session: Session, signal: AbortSignal): Promise<unknown> {
  if (session.problem) throw new ShapesTokenError('config', session.problem)
  const [response, text] = await send(session, signal)
  const body = parse(text)
  if (!response.ok) throw failure(response.status, body)
  return Object(body).token
}

async function send({ endpoint, body }: Session, signal: AbortSignal): Promise<[Response, string]> {
  try {
    const response = await fetch(endpoint + '/shopify/api/v1/auth/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      mode: 'cors',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal,
    })
    return [response, await response.text()]
  } catch (cause) {
    throw new ShapesTokenError('network', unreachable(endpoint), { cause })
  }
}

/** A parser's own error would quote the answer, so it is dropped. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The browser does not tell a page which of the two it was. */
function unreachable(endpoint: string): string {
  return (
    `The token service at ${endpoint} cannot be reached, or this page's origin is not on the tenant's list. ` +
    `If the address is right, add the origin: shapestoken origin add <tenant> ${globalThis.location?.origin}`
  )
}
