// Verifies tokens with jose, which is told the issuer and nothing else.
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { serve } from './clients/lines.mjs'

await serve(async ({ issuer }) => {
  const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()
  if (metadata.issuer !== issuer) throw new Error('the document is another issuer\'s')

  // Keep the keys as long as the service says they may be kept.
  const answer = await fetch(metadata.jwks_uri)
  const maxAge = Number(/max-age=(\d+)/.exec(answer.headers.get('cache-control'))[1]) * 1000
  const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), { cacheMaxAge: maxAge, cooldownDuration: 1000 })
  return {
    verify: async ({ token }) => {
      const { payload: { pid } } = await jwtVerify(token, keys, {
        issuer, audience: issuer, typ: 'JWT', requiredClaims: ['exp', 'iat', 'sub', 'jti', 'pid'],
        algorithms: metadata.id_token_signing_alg_values_supported,
      })
      return { pid }
    },
  }
}, String)
