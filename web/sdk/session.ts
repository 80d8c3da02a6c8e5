/** Whom the page speaks for, and how to prove it to the service. */
export interface Session {
  /** The customer's id; empty when nobody is logged in or the id is unusable. */
  readonly id: string
  /** Base URL of the service, without a slash at the end; empty when tokens come by the app proxy alone. */
  readonly endpoint: string
  /** Path of the shop's app proxy, without a slash at the end; empty when there is none. */
  readonly proxy: string
  /** True: id, endpoint or proxy is missing or malformed, so no request can be made. */
  readonly problem: unknown
  readonly signature?: unknown
  readonly timestamp?: unknown
  readonly shop?: unknown
  /** Whether the visitor has to agree to what is stored. */
  readonly consent?: unknown
  readonly debug?: unknown
}

const found = (pattern: RegExp, text: unknown): string => pattern.exec(text as string)?.[0] ?? ''

/** Reads what init was given, or the marker's attributes. What cannot work is the session's problem. */
export const session = (options: unknown): Session => {
  const given = (options ?? {}) as Record<string, unknown>
  const visits = given.source === 'proxy'
  const id = found(/^[1-9]\d{0,18}$/, given.id)
  const endpoint = found(/^https?:\/\/.+?(?=\/*$)/, !visits && given.endpoint)
  // So narrow that no browser reads another host into it.
  const proxy = found(/^(\/[\w-]+)+(?=\/*$)/, given.proxy || (visits && '/apps/shapestoken'))
  return { ...given, id, endpoint, proxy, problem: given.id && !(id && endpoint + proxy) }
}
