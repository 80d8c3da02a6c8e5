import type { Options } from '../sdk/shapestoken.js'

/**
 * Reads what the snippet wrote into the page; null where there is nothing to do:
 * no marker, or the theme editor. Only a script element counts, because shops
 * let strangers write other elements (in reviews, for instance).
 */
export function marker(page: ParentNode): Options | null {
  const data = page.querySelector<HTMLElement>('script[data-shapestoken]')?.dataset
  if (!data || data.state === 'design') return null
  const { endpoint, id, signature, timestamp, shop } = data
  // A signature of v1 knows neither: Omneo's documents have id and signature alone.
  return { endpoint, customerId: id, signature, timestamp, shop: timestamp && shop }
}
