import { attempt } from './attempt.js'

/**
 * Does the work when no other tab of the shop is at the same, or after 3
 * seconds without a turn: the lock saves requests, and nothing depends on it.
 * Browsers without locks, or that refuse or forget them, do the work anyhow.
 */
export const turn = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  new Promise((resolve) => {
    let begun: Promise<T> | undefined
    const begin = (): Promise<T> => {
      resolve((begun ??= work()))
      return begun
    }
    setTimeout(begin, 3000)
    // A lock's promise fails with the work, which resolve has told already.
    attempt(() => navigator.locks.request(name, begin).catch(() => void begin())) ?? begin()
  })
