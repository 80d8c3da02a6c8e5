// How a client shows which one it is (RFC 6749 section 2.3, RFC 7523 section 2.2).
import { importJWK, SignJWT } from 'jose'
import { randomUUID } from 'node:crypto'

/** As RFC 6749 section 2.3.1 has it: both parts as in a form. */
const encoded = (text) => `${new URLSearchParams({ '': text })}`.slice(1)

export const basic = (id, secret) => `Basic ${Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString('base64')}`

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** What an assertion says; cases change it. */
export function claims({ id }, { issuer }) {
  const now = Math.floor(Date.now() / 1000)
  return { iss: id, sub: id, aud: issuer, iat: now, exp: now + 60, jti: randomUUID() }
}

export async function signed(said, key) {
  return new SignJWT(said).setProtectedHeader({ alg: key.alg, kid: key.kid }).sign(await importJWK(key, key.alg))
}

export const shown = ({ id }, assertion) => ({ client_id: id, client_assertion_type: assertionType, client_assertion: assertion })

const methods = {
  none: ({ id }) => ({ body: { client_id: id } }),
  client_secret_basic: ({ id, secret }) => ({ headers: { Authorization: basic(id, secret) } }),
  client_secret_post: ({ id, secret }) => ({ body: { client_id: id, client_secret: secret } }),
  private_key_jwt: async (client, server) => ({ body: shown(client, await signed(claims(client, server), client.key)) }),
}

export const credentials = (client, server) => methods[client.method](client, server)
