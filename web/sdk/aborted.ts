import { ShapesTokenError } from './error.js'

/** What a caller gets whose token is no longer wanted. */
export const aborted = (): ShapesTokenError => new ShapesTokenError('aborted', 'late')
