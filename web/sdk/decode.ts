import { attempt } from './attempt.js'

/** A token whose shape is right, and the times in it (Unix seconds). */
export interface Token {
  readonly jwt: string
  readonly exp: number
  /** NaN if the token does not say. */
  readonly iat: number
}

/**
 * Reads a JWT without checking its signature, which only its audience can do.
 * It returns undefined for anything but three base64url parts with a profile
 * (`pid`) and an expiry that do not name another customer. Whether it has
 * expired is the caller's question.
 */
export const decode = (value: unknown, customer: string): Token | undefined =>
  attempt(() => {
    const [jwt, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(value as string)!
    const { pid, exp, iat, customer_id } = JSON.parse(atob(payload!.replace(/-/g, '+').replace(/_/g, '/')))
    // Tokens that the old widget stored have no customer_id.
    return pid && (customer_id ?? customer) == customer ? { jwt, exp: +exp, iat: +iat } : undefined
  })
