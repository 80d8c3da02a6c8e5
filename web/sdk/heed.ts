import { ShapesTokenError } from './error.js'

/** Settles as the work does, or rejects with the error as soon as the signal is aborted. */
export const heed = <T>(work: Promise<T>, signal: AbortSignal | null | undefined, error: ShapesTokenError): Promise<T> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) reject(error)
    else signal?.addEventListener('abort', () => reject(error))
    work.then(resolve, reject)
  })
