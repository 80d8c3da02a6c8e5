// Uses every export as a strict TypeScript program would, and misuses each: a
// line that is expected to be refused and is not is an error too.
import * as everything from 'shapestoken'
import { anonymous, clear, init, on, peek, ShapesTokenError, token, version } from 'shapestoken'
import type { Arrival, Code, Details, Events, Options, Request } from 'shapestoken'
import 'shapestoken/script'
import 'shapestoken/stub'
import type { Script } from 'shapestoken/script'

// Nothing more and nothing less is exported.
export const all: Record<keyof typeof everything, unknown> = { anonymous, clear, init, on, peek, ShapesTokenError, token, version }

const options: Options = { endpoint: 'https://id.example.com/t/acme', id: 7210381803720, signature: null, consent: 'preferences', debug: true }
init(options)
init({})
init({ source: 'proxy', proxy: '/apps/shapestoken', id: '2' })
// @ts-expect-error one word
init({ source: 'signature' })
// @ts-expect-error init needs an object
init()
// @ts-expect-error one of two words
init({ consent: 'statistics' })
// @ts-expect-error misspelled
init({ ID: '2' })

const request: Request = { signal: new AbortController().signal, fresh: true }
export const jwt: Promise<string | null> = token(request)
// @ts-expect-error a guest has none
export const sure: Promise<string> = token()
// @ts-expect-error not an option
token({ timeout: 1 })

export const guests: Promise<string | null> = anonymous(request)
// @ts-expect-error a customer has none
export const theirs: Promise<string> = anonymous()

export const stored: string | null = peek()
// @ts-expect-error may be null
export const length: number = peek().length
export const nothing: void = clear()
export const text: string = version
// @ts-expect-error read-only
version = '1'

const end: () => void = on('token', ({ customerId, expiry, persistent }: Arrival) => console.log(customerId, expiry, persistent))
end()
on('error', (error) => {
  const code: Code = error.code
  if (error instanceof ShapesTokenError && code === 'rate_limited' && error.retryable) console.log(error.retryAfter ?? error.status)
  // @ts-expect-error no such code
  if (code === 'denied') return
})
on('cleared', ({ customerId }) => customerId.length)
// @ts-expect-error no such event
on('login', () => {})
// @ts-expect-error the token is not told
on('token', ({ jwt }) => jwt)
export const names: (keyof Events)[] = ['token', 'error', 'cleared']

const details: Details = { status: 401, reason: 'invalid_signature', requestId: 'x', cause: new TypeError() }
export const error: Error = new ShapesTokenError('rejected', 'no', details)
// @ts-expect-error no such code
new ShapesTokenError('denied', 'no')

// The plain script's global name.
window.shapestoken?.init()
export const global: Script | undefined = globalThis.shapestoken
export const later: Promise<string | null> | undefined = window.shapestoken?.token({ fresh: true }) ?? window.shapestoken?.anonymous()
// @ts-expect-error it may not have loaded
window.shapestoken.peek()
// @ts-expect-error the class is the module's only
window.shapestoken?.ShapesTokenError
