// Verifies access tokens with jose, as RFC 9068 section 4 has a resource server do it.
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { serve } from './lines.mjs'

await serve(async ({ issuer }) => {
  const { jwks_uri } = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json()
  const keys = createRemoteJWKSet(new URL(jwks_uri))
  return {
    verify: async ({ token, audience }) => (await jwtVerify(token, keys, {
      issuer, audience, typ: 'at+jwt', algorithms: ['ES256'], requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id'],
    })).payload,
  }
}, (error) => error.code)
