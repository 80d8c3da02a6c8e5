// Tokens, as the scenes look at them and make them.

export const key = (customer) => `shapes:omneo:shapestoken:${customer}`
export const alice = '7210381803720'
export const bob = '6940095564321'

export const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))

/** A token of the right shape that nobody signed: the script only reads. */
export function forge(payload, header = { alg: 'ES256', typ: 'JWT' }) {
  const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  return `${part(header)}.${part(payload)}.${'s'.repeat(86)}`
}

export const now = () => Math.floor(Date.now() / 1000)

/** What of storage tells of a customer. */
export const personal = (stored) => Object.entries(stored).flat().filter((text) => [alice, bob, 'eyJ'].some((part) => text.includes(part)))
