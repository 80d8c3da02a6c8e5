/** The customer's id, the signature and its time, as the snippet writes them; nothing for a guest. */
export type Signed = [id?: string, signature?: string, timestamp?: string]

/**
 * Has Shopify render sections/shapestoken.liquid, which signs anew, and reads
 * the marker in it. It is read as text: making elements of it would need a
 * Trusted Types policy. It throws if the theme has no such section.
 */
export async function resign(signal: AbortSignal): Promise<Signed> {
  const response = await fetch('?section_id=shapestoken', { cache: 'no-store', signal })
  const marker = /data-shapestoken="[^>]*?(?:"guest"|id="(\d+)" data-signature="(\w+)" data-timestamp="(\d+))/
  return marker.exec(await response.text())!.slice(1) as Signed
}
