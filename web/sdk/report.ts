import type { ShapesTokenError } from './error.js'
import { emit } from './events.js'
import { probe } from './probe.js'
import type { Session } from './session.js'
import { trace } from './trace.js'

/** Tells developer and page of a failure, once. */
export function report(session: Session, error: ShapesTokenError): void {
  const { code, message } = error
  console.warn(`[shapestoken] ${code}: ${message}`)
  emit('error', error)
  if (session.debug && code === 'network') probe(session.endpoint).then((found) => trace(session, found))
}
