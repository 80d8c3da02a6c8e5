import type { ShapesTokenError } from './error.js'
import { emit } from './events.js'
import type { Session } from './session.js'
import { trace } from './trace.js'

/** Tells developer and page of a failure, once. */
export const report = (session: Session, error: ShapesTokenError): void => {
  console.warn('[shapestoken]', error.code + ':', error.message)
  emit('error', error)
  // A browser does not tell what a lost request died of.
  if (session.debug && session.endpoint && error.cause) {
    fetch(session.endpoint, { mode: 'no-cors' }).then(
      () => trace(session, 'shapestoken origin add <tenant> ' + location.origin),
      () => trace(session, 'down or a CSP'),
    )
  }
}
