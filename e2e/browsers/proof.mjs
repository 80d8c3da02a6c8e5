// Signs as the theme does, for what a theme cannot be told: another time.
import { createHmac } from 'node:crypto'

export const domain = 'acme-dev.myshopify.com'

/** The proof of v2 that a page had which was rendered so many seconds ago. */
export function sign(secret, id, ago = 0) {
  const timestamp = Math.floor(Date.now() / 1000) - ago
  const signature = createHmac('sha256', secret).update(`v2:${domain}:${id}:${timestamp}`).digest('hex')
  return { id, signature, timestamp, shop: domain }
}
