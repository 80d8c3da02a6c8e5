import { ShapesTokenError } from './error.js'
import type { Code } from './shapestoken.js'

/**
 * Turns the service's refusal into an error: the status gives the code, and the
 * body `{error, message, request_id}` the words, if it is such a body.
 */
export function failure(status: number, body: unknown): ShapesTokenError {
  const { error, message, request_id } = Object(body)
  const words = text(message) ?? `The token service answered with status ${status}.`
  return new ShapesTokenError(code(status), words, { status, requestId: text(request_id), reason: text(error) })
}

function code(status: number): Code {
  if (status === 429) return 'rate_limited'
  return status >= 400 && status < 500 ? 'rejected' : 'server'
}

/** Errors end in logs and in other people's error trackers, so nothing that opens a door may pass. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value ? value.replace(/eyJ[\w.-]+|[0-9a-f]{64}/gi, '[removed]') : undefined
}
