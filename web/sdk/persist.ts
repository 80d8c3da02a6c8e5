import type { ShapesTokenError } from './error.js'

/** Milliseconds after which no try begins. The last one has 19 s (its turn, signing anew, an exchange), so all ends within 40. */
const patience = 13000

/**
 * Does the work, and up to three times more while it fails in a way that may
 * pass. The pauses are random, up to 1, 2 and 4 s, so that pages which failed
 * together do not come back together; what the service asks for is added.
 */
export const persist = <T>(work: () => Promise<T>, n = 1, end = performance.now() + patience): Promise<T> =>
  work().catch((error: ShapesTokenError) => {
    const pause = ((error.retryAfter ?? 0) + Math.random() * n) * 1000
    if (error.retryable && n < 5 && performance.now() + pause < end) return new Promise((wake) => setTimeout(wake, pause)).then(() => persist(work, 2 * n, end))
    throw error
  })
