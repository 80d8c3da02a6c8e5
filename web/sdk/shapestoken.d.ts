// The public face of the script: the one place where it is written down. The
// sources import their types from here, and drift.ts has the compiler prove
// that what is exported is exactly what is declared.

/** What the page knows: which service, and who is logged in, with the proof. */
export interface Options {
  /**
   * `'proxy'`: tokens come by the shop's app proxy, so that neither a signature
   * nor an endpoint is needed. Blank: by the signature.
   */
  source?: 'proxy' | '' | null | undefined
  /**
   * Path of the app proxy on the shop (letters, digits, `-`, `_` and slashes, of
   * which those at the end are ignored); with `source: 'proxy'` it is
   * `/apps/shapestoken` by itself. Given beside a signature it is asked once a
   * signature of v2 is a minute old, and the theme's section only if that fails.
   */
  proxy?: string | null | undefined
  /**
   * Base URL of the token service, such as `https://api.acme.getomneo.com`. A
   * path may follow (`https://id.example.com/t/acme`); a slash at the end is
   * ignored.
   */
  endpoint?: string | null | undefined
  /** Shopify's `customer.id`, digits only. Blank when nobody is logged in. */
  id?: string | number | null | undefined
  /** What Liquid's `hmac_sha256` filter made: 64 lower-case hex characters. */
  signature?: string | null | undefined
  /** Unix seconds at which the page was signed; only for signatures of v2. */
  timestamp?: string | number | null | undefined
  /** The shop's permanent `*.myshopify.com` domain; required with v2. */
  shop?: string | null | undefined
  /**
   * `'preferences'`: the token stays in the memory of the page until the visitor
   * has agreed that the shop may keep preferences (Shopify's Customer Privacy
   * API), and goes back there when they take it back. Blank: the token counts as
   * strictly necessary and is stored at once.
   */
  consent?: 'preferences' | '' | null | undefined
  /**
   * True tells each step with `console.debug`. Of tokens and signatures only
   * the last four characters are shown.
   */
  debug?: boolean | null | undefined
}

/** How a token is asked for. */
export interface Request {
  /** Ends the wait of this caller, who gets `aborted`; others go on waiting. */
  signal?: AbortSignal | null | undefined
  /** True passes over the stored token: for after a backend has refused it. */
  fresh?: boolean | null | undefined
}

/**
 * Why there is no token.
 *
 * - `config`: what `init` was given cannot work; no request was made.
 * - `network`: no answer, or one that the browser hides because this page's
 *   origin is not on the tenant's list.
 * - `timeout`: no answer within 8 seconds.
 * - `rejected`: the service said no, or the shop has no app proxy there (4xx);
 *   `reason` and the message say why.
 * - `rate_limited`: too many requests (429).
 * - `server`: the service failed (5xx), or its answer makes no sense.
 * - `aborted`: `clear` was called, somebody else took over, or the caller's own
 *   signal ended the wait.
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
  /** Seconds the service asked to be left alone for; 0 if it did not, NaN if it named a date. */
  readonly retryAfter?: number | undefined
  /** The browser's own error, if one was at the bottom of it. */
  readonly cause?: unknown
}

/** The only error `token` and `anonymous` reject with. It never holds a token or a signature. */
export declare class ShapesTokenError extends Error implements Details {
  readonly code: Code
  /** True when the same request may succeed later: no answer, 429, 5xx, or an answer that makes no sense. */
  readonly retryable: boolean
  readonly status?: number | undefined
  readonly requestId?: string | undefined
  readonly reason?: string | undefined
  readonly retryAfter?: number | undefined
  readonly cause?: unknown
  constructor(code: Code, message: string, details?: Details)
}

/** What is told of a token. The token itself is had from `token` or `peek`. */
export interface Arrival {
  readonly customerId: string
  /** Unix seconds by the service's clock. */
  readonly expiry: number
  /** False: it lives in the memory of this page only. */
  readonly persistent: boolean
}

/**
 * The events, by what their listeners get. The document hears the same as
 * `shapes:token`, `shapes:error` and `shapes:cleared`, with this for `detail`.
 */
export interface Events {
  /** A token is there that this page has not been told of: stored, or from an exchange here or in another tab. */
  token: Arrival
  /** An exchange failed for good. */
  error: ShapesTokenError
  /** The customer's tokens are gone: `clear`, another customer, or a logout seen elsewhere. */
  cleared: { readonly customerId: string }
}

/**
 * Says who is logged in; never throws. Everything stored for anybody else is
 * removed. For a customer the token is fetched as soon as somebody looks at the
 * page, unless a good one is stored, and again before it expires; a failure is
 * told with `console.warn`.
 *
 * Calling it again for the same customer fetches nothing (a newer signature is
 * kept for the next exchange); for another one it switches.
 */
export declare function init(options: Options): void

/**
 * Resolves to a token with at least 30 seconds left, from storage or by one
 * exchange that all callers and tabs share; with less only if the service gives
 * no better or cannot be asked. Resolves to `null` when nobody is logged in,
 * before `init`, after `clear`, and once another tab has seen the customer log
 * out. Otherwise rejects with {@link ShapesTokenError}, after up to three more
 * tries where that may help. It always settles, after 40 seconds at most (a
 * page that is being prerendered waits until it is shown).
 */
export declare function token(request?: Request): Promise<string | null>

/**
 * The same for a guest: resolves to an anonymous token, which names the shop and
 * nobody, from the memory of this page or by one request to the app proxy that
 * all callers of the page share. It is never stored. Resolves to `null` when a
 * customer is logged in, who has `token`; so `await token() ?? await anonymous()`
 * is a token for whoever is there. If only the shop knows of a customer, since
 * they have logged in after this page was made, it rejects with `aborted`.
 *
 * It rejects with `config` before `init`, and where neither `source` nor `proxy`
 * was given; on a server it resolves to `null`. Failures are told to the caller
 * alone.
 */
export declare function anonymous(request?: Request): Promise<string | null>

/** The stored token if it has at least 30 seconds left, else `null`. Makes no request. */
export declare function peek(): string | null

/**
 * For a logout button: forgets every stored token, in the other tabs too, the
 * profiles cached by Omneo's own script, and a token that is on its way (who
 * waits for it gets `aborted` when it is there). From then on `token` resolves to `null`, until
 * `init` is called again.
 */
export declare function clear(): void

/** Calls the listener at each such event, until the function it returns is called. */
export declare function on<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): () => void

/** The script's version, such as `0.2.0`. */
export declare const version: string
