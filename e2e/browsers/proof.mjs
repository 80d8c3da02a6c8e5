// Signs as the theme does, for what a theme cannot be told: another time; and as Shopify does.
import { createHmac } from 'node:crypto'

export const domain = 'acme-dev.myshopify.com'

/** The query with which Shopify's app proxy says who is logged in; nobody if there is no id. */
export function vouch(secret, id, path) {
  const said = { logged_in_customer_id: id ?? '', path_prefix: path, shop: domain, timestamp: Math.floor(Date.now() / 1000) }
  const text = Object.keys(said).sort().map((name) => `${name}=${said[name]}`).join('')
  return new URLSearchParams({ ...said, signature: createHmac('sha256', secret).update(text).digest('hex') })
}

/** The proof of v2 that a page had which was rendered so many seconds ago. */
export function sign(secret, id, ago = 0) {
  const timestamp = Math.floor(Date.now() / 1000) - ago
  const signature = createHmac('sha256', secret).update(`v2:${domain}:${id}:${timestamp}`).digest('hex')
  return { id, signature, timestamp, shop: domain }
}
