import type { ShapesTokenError } from './error.js'

/** Tells a developer about a failure that nobody else may be waiting for. */
export function warn({ code, message, requestId }: ShapesTokenError): void {
  // Being overtaken by a newer customer is not a failure.
  if (code === 'aborted') return
  console.warn(`[shapestoken] ${code}: ${message}` + (requestId ? ` (request ${requestId})` : ''))
}
