import type { Store } from './store.js'

/** The old name is kept: the deployed widget reads and writes the same keys. */
export const tokens = 'shapes:omneo:shapestoken:'
const profiles = 'omneo:shapesclient:'

/**
 * Removes what is stored for anybody but the customer: tokens, and the profiles
 * that Omneo's own script keeps. A profile's key does not say whose it is, so
 * profiles go as soon as there was somebody else, or nobody is logged in.
 */
export function sweep(store: Store, customer: string, switched: boolean): void {
  const keys = store.keys()
  const others = keys.filter((key) => key.startsWith(tokens) && key !== tokens + customer)
  const stale = switched || !customer || others.length ? keys.filter((key) => key.startsWith(profiles)) : []
  for (const key of [...others, ...stale]) store.remove(key)
}
