/** Whom the page speaks for, and how to prove it to the service. */
export interface Session {
  /** The customer's id; empty when nobody is logged in or the id is unusable. */
  readonly id: string
  /** Base URL of the service, without a slash at the end. */
  readonly endpoint: string
  /** The proof, as the JSON that is posted. */
  readonly body: string
  /** Why no request can be made; empty when one can. */
  readonly problem: string
}

/** Nobody is logged in, and nothing is wrong. */
export const nobody: Session = { id: '', endpoint: '', body: '', problem: '' }

/**
 * Reads what init was given, whatever that is. It never throws: what cannot
 * work becomes the session's problem.
 */
export function session(options: unknown): Session {
  try {
    if (typeof options === 'object') return read(options as Record<string, unknown>)
  } catch {
    // null, or a getter that throws: told below like every other misuse.
  }
  return { ...nobody, problem: 'init needs an object: { endpoint, customerId, signature }' }
}

function read(options: Record<string, unknown>): Session {
  const given = text(options.customerId)
  if (!given) return nobody
  const id = /^[1-9]\d{0,18}$/.test(given) ? given : ''
  const endpoint = text(options.endpoint).replace(/\/+$/, '')
  const signature = text(options.signature)
  const shop = text(options.shop) || undefined
  const timestamp = text(options.timestamp) || undefined
  return { id, endpoint, body: JSON.stringify({ id, signature, shop, timestamp }), problem: problem(id, endpoint, signature) }
}

/** A blank becomes '', and a number that has lost digits nothing that could pass. */
function text(value: unknown): string {
  if (value === undefined || value === null || value === false) return ''
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return 'unsafe'
  return String(value)
}

function problem(id: string, endpoint: string, signature: string): string {
  if (!id) return 'customerId must be the digits of customer.id'
  if (!/^https?:\/\/[^/]/.test(endpoint)) return 'endpoint must be a full address, such as https://api.acme.getomneo.com'
  if (!/^[0-9a-f]{64}$/.test(signature)) {
    return 'signature must be the 64 hex characters that hmac_sha256 makes; look at what Liquid wrote into the page'
  }
  return ''
}
