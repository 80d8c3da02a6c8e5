import { attempt } from './attempt.js'
import { decode, type Token } from './decode.js'
import { ShapesTokenError } from './error.js'
import { redact } from './redact.js'
import type { Session } from './session.js'
import { trace } from './trace.js'

/**
 * Asks for a token. It rejects with ShapesTokenError for whatever else comes
 * back; if it is not the service that answers, `reason` is what else it may be
 * than down.
 */
export const ask = async (session: Session, base: string, path: string, reason: string, options: RequestInit): Promise<Token> => {
  if (session.problem || !base) throw new ShapesTokenError('config', 'no usable id, endpoint or proxy')
  let response: Response, text: string
  const lost = base + ' is down or ' + reason
  trace(session, (options.body as string) ?? base)
  try {
    response = await fetch(base + path, { cache: 'no-store', referrerPolicy: 'no-referrer', ...options })
    text = await response.text()
  } catch (cause) {
    throw new ShapesTokenError('network', lost, { cause })
  }
  const { ok, status, headers } = response
  const read = (json: string): Record<string, string> => attempt(() => JSON.parse(json)) ?? {}
  const found = ok && decode(read(text).token)
  if (found) return found
  // Errors end in logs and in other people's error trackers, so nothing that opens a door may pass.
  const { error, message, request_id } = read(redact(text))
  const code = status === 429 ? 'rate_limited' : ok || status > 499 ? 'server' : 'rejected'
  throw new ShapesTokenError(code, message ? message + ` (request ${request_id})` : lost + ` (${status})`, {
    status,
    requestId: request_id,
    reason: error,
    retryAfter: +headers.get('Retry-After')!,
  })
}
