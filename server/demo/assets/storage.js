// Browsers may forbid any touch of storage.

export function read(key) {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function remove(key) {
  try {
    localStorage.removeItem(key)
  } catch {
    // Then nothing was there either.
  }
}

/** Keeps a text for the next view in this tab, and returns the one before. */
export function swap(key, text) {
  try {
    const before = sessionStorage.getItem(key)
    sessionStorage.setItem(key, text)
    return before
  } catch {
    return null
  }
}
