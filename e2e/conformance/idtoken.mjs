// An ID token as a client looks at it, with a library that is nobody's here.
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { send } from './http.mjs'

/** The claims of an ID token whose signature one of the server's keys made; it throws for any other. */
export async function claimsOf({ metadata, issuer }, idToken, audience) {
  const keys = createLocalJWKSet((await send(metadata.jwks_uri)).json)
  return (await jwtVerify(idToken, keys, { issuer, audience, algorithms: metadata.id_token_signing_alg_values_supported })).payload
}

export const headerOf = (idToken) => decodeProtectedHeader(idToken)
