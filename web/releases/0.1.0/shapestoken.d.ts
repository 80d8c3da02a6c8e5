// The public face of the script: the one place where it is written down. The
// sources import their types from here, and drift.ts has the compiler prove
// that what is exported is exactly what is declared.

/** What the page knows: which service, and who is logged in, with the proof. */
export interface Options {
  /**
   * Base URL of the token service, such as `https://api.acme.getomneo.com`. A
   * path may follow (`https://id.example.com/t/acme`); a slash at the end is
   * ignored.
   */
  endpoint?: string | null | undefined
  /** Shopify's `customer.id`, digits only. Blank when nobody is logged in. */
  customerId?: string | number | null | undefined
  /** What Liquid's `hmac_sha256` filter made: 64 lower-case hex characters. */
  signature?: string | null | undefined
  /** Unix seconds at which the page was signed; only for signatures of v2. */
  timestamp?: string | number | null | undefined
  /** The shop's permanent `*.myshopify.com` domain; required with v2. */
  shop?: string | null | undefined
}

/**
 * Why there is no token.
 *
 * - `config`: what `init` was given cannot work; no request was made.
 * - `network`: no answer, or one that the browser hides because this page's
 *   origin is not on the tenant's list.
 * - `timeout`: no answer within 8 seconds.
 * - `rejected`: the service said no (4xx); `reason` and the message say why.
 * - `rate_limited`: too many requests (429).
 * - `server`: the service failed (5xx), or its answer makes no sense.
 * - `aborted`: `clear` was called, or another customer took over, meanwhile.
 */
export type Code = 'config' | 'network' | 'timeout' | 'rejected' | 'rate_limited' | 'server' | 'aborted'

/** What an error may carry beside its code and message. */
export interface Details {
  /** HTTP status of the answer, if there was one. */
  readonly status?: number | undefined
  /** The service's id of the request, to be quoted to whoever runs it. */
  readonly requestId?: string | undefined
  /** The service's own `error` code, such as `invalid_signature` or `secret_missing`. */
  readonly reason?: string | undefined
  /** The browser's own error, if one was at the bottom of it. */
  readonly cause?: unknown
}

/** The only error `token` rejects with. It never holds a token or a signature. */
export declare class ShapesTokenError extends Error implements Details {
  readonly code: Code
  readonly status?: number | undefined
  readonly requestId?: string | undefined
  readonly reason?: string | undefined
  readonly cause?: unknown
  constructor(code: Code, message: string, details?: Details)
}

/**
 * Says who is logged in; never throws. Everything stored for anybody else is
 * removed. For a customer the token is fetched at once, unless a good one is
 * stored; a failure of that is told once with `console.warn`.
 *
 * Calling it again for the same customer fetches nothing (a newer signature is
 * kept for the next exchange); for another one it switches.
 */
export declare function init(options: Options): void

/**
 * Resolves to a token with at least 30 seconds left, from storage or by one
 * exchange that all callers share; with less only if the service gives no
 * better or cannot be asked. Resolves to `null` when nobody is logged in, or
 * before `init`. Otherwise rejects with {@link ShapesTokenError}. It always
 * settles, after 8 seconds at most.
 */
export declare function token(): Promise<string | null>

/** The stored token if it has at least 30 seconds left, else `null`. Makes no request. */
export declare function peek(): string | null

/**
 * Forgets every stored token, the profiles cached by Omneo's own script, and a
 * token that is on its way (who waits for it gets `aborted`). The next `token`
 * fetches a new one.
 */
export declare function clear(): void

/** The script's version, such as `0.1.0`. */
export declare const version: string
