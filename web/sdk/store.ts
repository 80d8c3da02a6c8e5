import { attempt } from './attempt.js'

/** Where texts are kept. No call ever throws. */
export type Store = readonly [
  read: (key: string) => string,
  /** Keeps the text, or removes what was there if it is empty, 0 or NaN. */
  write: (key: string, text: string | number) => void,
  names: () => string[],
  /** True if the text will outlive the page. */
  lasting: (key: string) => boolean,
]

/**
 * Opens the store: localStorage, and memory for what that refuses to hold or
 * may not hold. Browsers throw at any touch of it, even at its name, when
 * cookies are blocked or the page is in a sandbox; so each call tries anew.
 */
export const store = (allowed: () => unknown): Store => {
  const memory: Record<string, string> = {}
  return [
    (key) => memory[key] ?? attempt(() => localStorage[key]) ?? '',
    (key, text) => {
      memory[key] = text as string // also '': it hides what cannot be removed
      attempt(() => {
        if (text && allowed()) localStorage[key] = text
        else delete localStorage[key]
        if (localStorage[key] == (text || undefined)) delete memory[key]
      })
    },
    () => Object.keys(attempt(() => ({ ...localStorage, ...memory })) ?? memory),
    (key) => memory[key] == null,
  ]
}
