// A tab as the scenes speak of it, around an engine's.

import { failure } from './prelude.mjs'

/** A page's script that takes longer than a preflight and its request, which were sent before. */
export const later = ({ endpoint }) => `(async () => { for (let n = 0; n < 5; n++) await fetch('${endpoint}/healthz', { mode: 'no-cors' }) })()`

export function tab(raw, add) {
  const { evaluate } = raw
  return {
    ...raw,
    /** Puts a page up and goes there; returns its address, for another visit. */
    async visit(page) {
      const url = typeof page === 'string' ? page : add(page)
      await raw.goto(url)
      return url
    },
    /** The address of a page that is put up, but not gone to. */
    address: add,
    /** What token() comes to: { token } or { error }. */
    token: (request = '') => evaluate(`shapestoken.token(${request}).then((token) => ({ token }), ${failure})`),
    /** What the page's own first call came to, on a page that is `asking`. */
    asked: () => evaluate('seen.asked'),
    peek: () => evaluate('shapestoken.peek()'),
    seen: () => evaluate('seen'),
    stored: () => evaluate('({ ...localStorage })'),
    seed: (entries) => evaluate(`Object.entries(${JSON.stringify(entries)}).forEach(([key, value]) => localStorage.setItem(key, value))`),
    /** By now what the page has sent is counted, and what was sent to it has come. */
    settled: (lane) => evaluate(later(lane)),
    /** Waits for a condition on the page, across navigations. */
    async until(condition, seconds = 15) {
      for (const end = Date.now() + seconds * 1000; Date.now() < end; await new Promise((later) => setTimeout(later, 20))) {
        if (await evaluate(condition).catch(() => false)) return
      }
      throw new Error(`not within ${seconds} s: ${condition}`)
    },
  }
}
