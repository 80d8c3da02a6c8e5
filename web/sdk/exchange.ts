import { attempt } from './attempt.js'
import { ShapesTokenError } from './error.js'
import { redact } from './redact.js'
import type { Session } from './session.js'
import { trace } from './trace.js'

/**
 * Posts the customer's proof and returns the `token` of the answer, unchecked.
 * It rejects with ShapesTokenError for whatever else comes back.
 */
export async function exchange(session: Session, signal: AbortSignal): Promise<unknown> {
  const { id, endpoint, problem, signature, timestamp, shop } = session
  if (problem) throw new ShapesTokenError('config', 'no usable id or endpoint')
  // A signature of v1 knows neither time nor shop, and Omneo documents neither.
  const body = JSON.stringify({ id, signature, ...(timestamp ? { timestamp, shop } : {}) })
  let response: Response, text: string
  trace(session, 'POST ' + body)
  try {
    response = await fetch(endpoint + '/shopify/api/v1/auth/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal,
    })
    text = await response.text()
  } catch (cause) {
    // The browser does not tell a page which of the two it was.
    throw new ShapesTokenError('network', `${endpoint} is down or does not list ${location.origin}`, { cause })
  }
  return read(response, text)
}

/** The status of a refusal gives the code, and its body `{error, message, request_id}` the words, if it is such a body. */
function read({ ok, status, headers }: Response, text: string): unknown {
  // Errors end in logs and in other people's error trackers, so nothing that opens a door may pass.
  const { token, error, message, request_id } = Object(attempt(() => JSON.parse(ok ? text : redact(text))))
  if (ok) return token
  const code = status === 429 ? 'rate_limited' : status > 499 ? 'server' : 'rejected'
  throw new ShapesTokenError(code, `${message || 'status ' + status} (request ${request_id})`, {
    status,
    requestId: request_id,
    reason: error,
    retryAfter: +headers.get('Retry-After')!,
  })
}
