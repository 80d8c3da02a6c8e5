/** The customer's id, the signature and its time, as the snippet writes them; nothing for a guest. */
export interface Signed {
  readonly customer_id?: unknown
  readonly signature?: string
  readonly timestamp?: string
}

/**
 * Has Shopify render sections/shapestoken.liquid, which signs anew, and reads
 * the marker in it. It is read as text: making elements of it would need a
 * Trusted Types policy. It throws if the theme has no such section.
 */
export const resign = async (signal: AbortSignal): Promise<Signed> => {
  const marker = /data-shapestoken="[^>]*?(?:"guest"|id="(?<customer_id>\d+)" data-signature="(?<signature>\w+)" data-timestamp="(?<timestamp>\d+))/
  return marker.exec(await (await fetch('?section_id=shapestoken', { cache: 'no-store', signal })).text())!.groups!
}
