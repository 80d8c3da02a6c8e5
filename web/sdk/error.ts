import type { Code, Details, ShapesTokenError as Declared } from './shapestoken.js'

/** The one error of the script. Its texts never hold a token or a signature. */
export class ShapesTokenError extends Error implements Declared {
  declare readonly code: Code
  declare readonly retryable: boolean
  declare readonly status?: number | undefined
  declare readonly requestId?: string | undefined
  declare readonly reason?: string | undefined
  declare readonly retryAfter?: number | undefined
  declare readonly cause?: unknown

  constructor(code: Code, message: string, details?: Details) {
    super(message)
    // Set by hand: the bundle shortens the names of classes.
    Object.assign(this, { name: 'ShapesTokenError', code, retryable: /^[nst]|ra/.test(code) }, details)
  }
}
