import { attempt } from './attempt.js'

/** A token whose shape is right, and its claims. */
export interface Token {
  readonly jwt: string
  /** Absent from a guest's token, and from those that the old widget stored. */
  readonly customer_id?: unknown
  /** Unix seconds, as `iat`, unless the token is wrong. */
  readonly exp: number
  readonly iat: number
}

/**
 * Reads a JWT without checking its signature, which only its audience can do.
 * It returns nothing for anything but three base64url parts with a profile
 * (`pid`). Whether it has expired, and whose it is, are the caller's questions.
 */
export const decode = (value: unknown): Token | undefined =>
  attempt(() => {
    const [jwt, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(value as string)!
    const claims = JSON.parse(atob(payload!.replace(/-/g, '+').replace(/_/g, '/')))
    return claims.pid && { ...claims, jwt }
  })
