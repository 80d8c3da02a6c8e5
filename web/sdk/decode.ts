/** A token whose shape is right, and the times in it (Unix seconds). */
export interface Token {
  readonly jwt: string
  readonly exp: number
  readonly iat?: number | undefined
}

/**
 * Reads a JWT without checking its signature, which only its audience can do.
 * It returns null for anything but three base64url parts with a profile (`pid`)
 * and an expiry that do not name another customer. Whether it has expired is
 * the caller's question.
 */
export function decode(jwt: unknown, customer: string): Token | null {
  if (typeof jwt !== 'string') return null
  try {
    const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(jwt)!
    const { pid, exp, iat, customer_id } = JSON.parse(atob(payload!.replace(/-/g, '+').replace(/_/g, '/')))
    if (!pid || !Number.isFinite(exp)) return null
    // Tokens that the old widget stored have no customer_id.
    if (customer_id !== undefined && String(customer_id) !== customer) return null
    return { jwt, exp, iat: Number.isFinite(iat) ? iat : undefined }
  } catch {
    return null
  }
}
