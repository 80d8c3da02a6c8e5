import { ShapesTokenError } from './error.js'
import { heed } from './heed.js'

/** Runs the work for 8 seconds at most, and settles then even where fetch ignores being aborted. */
export const within = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const abort = new AbortController()
  setTimeout(() => abort.abort(), 8000)
  return heed(work(abort.signal), abort.signal, new ShapesTokenError('timeout', 'no answer'))
}
