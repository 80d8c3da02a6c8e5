import { decode, type Token } from './decode.js'
import { store as open } from './store.js'
import { sweep, tokens } from './sweep.js'

/** Seconds a token must still be good for, so that it survives the call it is used for. */
const margin = 30

/** The stored tokens, and how long each is still good. No call throws. */
export interface Wallet {
  /** The customer's token while it has not expired; anything else found there is dropped. */
  held(customer: string): Token | null
  /** The customer's token if it is good for 30 seconds at least. */
  fresh(customer: string): Token | null
  /** True once in the last fifth of a token's life. */
  fading(token: Token): boolean
  /** Stores what the service answered, or returns null if that is no good token for the customer. */
  accept(answer: unknown, customer: string): Token | null
  /** Removes what belongs to anybody but the customer. */
  clean(customer: string, switched: boolean): void
}

/** Opens the wallet on this device. */
export function wallet(): Wallet {
  const store = open()
  let skew = 0 // seconds the service's clock is ahead of the device's, learnt at an exchange
  let faded = '' // the token last called fading: once is enough, even if the renewal failed

  const device = (): number => Date.now() / 1000
  const left = ({ exp }: Token): number => exp - skew - device()

  function held(customer: string): Token | null {
    const jwt = customer && store.get(tokens + customer)
    if (!jwt) return null
    const token = decode(jwt, customer)
    if (token && left(token) > 0) return token
    store.remove(tokens + customer)
    return null
  }

  function fresh(customer: string): Token | null {
    const token = held(customer)
    return token && left(token) >= margin ? token : null
  }

  function fading(token: Token): boolean {
    if (!token.iat || faded === token.jwt || left(token) > (token.exp - token.iat) / 5) return false
    faded = token.jwt
    return true
  }

  function accept(answer: unknown, customer: string): Token | null {
    const token = decode(answer, customer)
    if (token?.iat) skew = token.iat - device()
    if (!token || left(token) <= 0) return null
    store.set(tokens + customer, token.jwt)
    return token
  }

  return { held, fresh, fading, accept, clean: (customer, switched) => sweep(store, customer, switched) }
}
