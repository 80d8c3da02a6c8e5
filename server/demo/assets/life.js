import { make } from './dom.js'
import { read } from './storage.js'

/** Unix seconds by the service's clock, as the snippet's script reckons them. */
export const now = () => Date.now() / 1000 + Number(read('shapestoken:skew'))

/** Seconds as on a clock: 14:56. */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

export function left({ exp }) {
  return exp > now() ? `expires in ${clock(exp - now())}` : 'has expired'
}

/** When the script renews a token: in the last tenth or two of its life, before its last half minute. */
export function renewal({ iat, exp }) {
  const [first, last] = [0.2, 0.1].map((part) => exp - Math.max((exp - iat) * part, 30) - now())
  if (first <= 0) return 'any moment now'
  return first === last ? `in ${clock(first)}` : `in ${clock(first)} to ${clock(last)}`
}

/** The life that is left, as a bar and in words; update it by calling what comes with it. */
export function countdown(payload) {
  const words = make('span', { id: 'expires' })
  const meter = make('progress', { max: payload.exp - payload.iat, 'aria-label': 'Life left' })
  const update = () => {
    words.textContent = left(payload)
    meter.value = Math.max(0, payload.exp - now())
  }
  update()
  return [make('p', { class: 'countdown' }, meter, words), update]
}
