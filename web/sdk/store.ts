/** Where tokens are kept. No call ever throws. */
export interface Store {
  get(key: string): string | null
  set(key: string, value: string): void
  remove(key: string): void
  keys(): string[]
}

/**
 * Opens the store: localStorage, and memory for what that refuses to hold.
 * Browsers throw at any touch of it, even at its name, when cookies are
 * blocked or the page is in a sandbox; so each call tries anew.
 */
export function store(): Store {
  const memory = new Map<string, string>()
  return {
    get: (key) => memory.get(key) ?? attempt(() => localStorage.getItem(key)) ?? null,
    set(key, value) {
      memory.set(key, value)
      attempt(() => {
        localStorage.setItem(key, value)
        memory.delete(key)
      })
    },
    remove(key) {
      memory.delete(key)
      attempt(() => localStorage.removeItem(key))
    },
    keys: () => [...memory.keys(), ...(attempt(names) ?? [])],
  }
}

function names(): string[] {
  return Array.from({ length: localStorage.length }, (_, n) => localStorage.key(n) ?? '')
}

function attempt<T>(touch: () => T): T | undefined {
  try {
    return touch()
  } catch {
    return undefined
  }
}
