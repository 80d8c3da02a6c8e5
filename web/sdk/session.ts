/** Whom the page speaks for, and how to prove it to the service. */
export interface Session {
  /** The customer's id; empty when nobody is logged in or the id is unusable. */
  readonly id: string
  /** Base URL of the service, without a slash at the end. */
  readonly endpoint: string
  /** True: id or endpoint is missing or malformed, so no request can be made. */
  readonly problem: boolean
  readonly signature?: unknown
  readonly timestamp?: unknown
  readonly shop?: unknown
  /** Whether the visitor has to agree to what is stored. */
  readonly consent?: boolean
  readonly debug?: unknown
}

/** Reads what init was given, or the marker's attributes. What cannot work is the session's problem. */
export function session(options: unknown): Session {
  const given = Object(options)
  const [id] = /^[1-9]\d{0,18}$/.exec(given.id) ?? ['']
  const [endpoint] = /^https?:\/\/.+?(?=\/*$)/.exec(given.endpoint) ?? ['']
  return { ...given, id, endpoint, consent: given.consent === 'preferences', problem: given.id && !(id && endpoint) }
}
