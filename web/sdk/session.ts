/** Whom the page speaks for, and how to prove it to the service. */
export interface Session {
  /** The customer's id; empty when nobody is logged in or the id is unusable. */
  readonly id: string
  /** Base URL of the service, without a slash at the end. */
  readonly endpoint: string
  /** What of this is missing or malformed, so that no request can be made; blank when one can. */
  readonly problem: unknown
  readonly signature?: unknown
  readonly timestamp?: unknown
  readonly shop?: unknown
  readonly consent?: unknown
  readonly debug?: unknown
}

/** Reads what init was given, or the marker's attributes. What cannot work becomes the session's problem. */
export function session(options: unknown): Session {
  const given = Object(options)
  const [id] = /^[1-9]\d{0,18}$/.exec(given.id) ?? ['']
  const [endpoint] = /^https?:\/\/.+?(?=\/*$)/.exec(given.endpoint) ?? ['']
  return { ...given, id, endpoint, problem: given.id && (id ? (endpoint ? '' : 'endpoint') : 'id') }
}
