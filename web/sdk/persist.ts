import type { ShapesTokenError } from './error.js'

/** Milliseconds after which no try begins. The last one has 27 s (turn, exchange, proof, exchange), so all ends within 40. */
const patience = 13000

/**
 * Does the work, and up to three times more while it fails in a way that may
 * pass. The pauses are random, up to 1, 2 and 4 s, so that pages which failed
 * together do not come back together; what the service asks for is added.
 */
export async function persist<T>(work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  for (let n = 1; ; n *= 2) {
    try {
      return await work()
    } catch (error) {
      const { retryable, retryAfter = 0 } = error as ShapesTokenError
      const pause = (retryAfter + Math.random() * n) * 1000
      if (!retryable || n > 4 || !(performance.now() - start + pause < patience)) throw error
      await new Promise((wake) => setTimeout(wake, pause))
    }
  }
}
