import { decode, type Token } from './decode.js'
import { ShapesTokenError } from './error.js'
import { store as open } from './store.js'

/** The old names are kept: the deployed widget reads and writes the same keys. */
const tokens = 'shapes:omneo:shapestoken:'
const profiles = 'omneo:shapesclient:'

/** Who this browser is logged in as, and how many seconds the service's clock is ahead of the device's. */
const name = 'shapestoken:id'
const skew = 'shapestoken:skew'

/** The stored tokens, and how long each is still good. No call but accept throws. */
export interface Wallet {
  /** Whom this browser is logged in as, as far as all tabs know; '' is nobody. */
  who(): string
  /** Says who is logged in, and removes what belongs to anybody else. */
  enter(customer: string): void
  /** Their token if it is good for so many seconds, by itself 30. */
  held(seconds?: number): Token | undefined
  /** Unix seconds by the service's clock. */
  clock(): number
  /** Seconds until the token should be replaced: in the last tenth or two of its life, before its last 30 seconds. */
  due(token: Token): number
  /** Stores a token that the service has made. It throws ShapesTokenError if that is no good one for them. */
  accept(token: Token): void
  /** True if their token will outlive the page. */
  lasting(): boolean
  /** Moves what is stored to where consent, which may have changed, wants it. */
  settle(): void
}

/** Opens the wallet on this device; nothing outlives the page while that is not allowed. */
export const wallet = (allowed: () => unknown): Wallet => {
  const [read, write, names, lasting] = open(allowed)

  const who = (): string => read(name)
  const key = (): string => tokens + who()
  const clock = (): number => Date.now() / 1000 + +read(skew)

  /** A token is theirs unless it says otherwise. One from the future means that the device's clock is not what it was. */
  const good = (token: Token | undefined, seconds: number): Token | undefined =>
    token && (token.customer_id ?? who()) == who() && token.exp > clock() + seconds && !(token.iat > clock() + 60) ? token : undefined

  return {
    who,
    /** A profile's key does not say whose it is, so profiles go when anybody does. */
    enter(customer) {
      const changed = customer !== who()
      if (changed) write(name, customer)
      for (const each of names()) {
        if (each.startsWith(tokens) ? !customer || each !== key() : (changed || !customer) && each.startsWith(profiles)) write(each, '')
      }
    },
    // Half a minute, so that a token survives the call it is used for.
    held: (seconds = 30) => good(decode(read(key())), seconds),
    // Pages that loaded together are not to renew together.
    due: ({ exp, iat }) => exp - clock() - Math.max(((exp - iat) * (1 + Math.random())) / 10 || 0, 30),
    clock,
    accept(token) {
      write(skew, token.iat - Date.now() / 1000)
      if (!good(token, 0)) throw new ShapesTokenError('server', 'no usable token')
      write(key(), token.jwt)
    },
    lasting: () => lasting(key()),
    settle() {
      for (const each of [name, skew, key()]) write(each, read(each))
    },
  }
}
