/** Reads a JWT's two readable parts. Whether the signature is right is for its audience to check. */
export function decode(jwt) {
  const [header, payload] = jwt.split('.').slice(0, 2).map(part)
  return { header, payload }
}

function part(text) {
  const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes))
}

/** What each member and key is for, in the words of somebody who meets it for the first time. */
export const meanings = {
  alg: 'how it is signed',
  kid: 'which key of the JWKS signed it',
  typ: 'what it is',
  iss: 'who says so',
  sub: 'about whom: the profile',
  aud: 'for whom it is meant',
  exp: 'good until',
  iat: 'made at',
  jti: 'this very token',
  pid: 'the profile',
  shop: 'the shop that vouched',
  customer_id: 'Shopify’s customer id',
  amr: 'how it was proved',
  'shapestoken:id': 'who is logged in, as all tabs know it',
  'shapestoken:skew': 'seconds by which the service’s clock is ahead of this device’s',
}

/** A value for people: times in words, lists without brackets. */
export function readable(name, value) {
  if (name === 'exp' || name === 'iat') return `${value} · ${new Date(value * 1000).toLocaleTimeString()}`
  if (name === 'shapestoken:skew') return Number(value).toFixed(1)
  return Array.isArray(value) ? value.join(', ') : String(value)
}
