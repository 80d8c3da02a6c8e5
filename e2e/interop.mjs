// Verifies tokens with jose, which is told the issuer and nothing else.
// Reads one token a line; answers each with a line {ok, pid} or {error}.
import { createInterface } from 'node:readline'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const issuer = process.argv[2]
const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()
if (metadata.issuer !== issuer) throw new Error('the document is another issuer\'s')

// Keep the keys as long as the service says they may be kept.
const answer = await fetch(metadata.jwks_uri)
const maxAge = Number(/max-age=(\d+)/.exec(answer.headers.get('cache-control'))[1]) * 1000
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), { cacheMaxAge: maxAge, cooldownDuration: 1000 })

console.log(JSON.stringify({ ready: true }))
for await (const token of createInterface({ input: process.stdin })) {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer, audience: issuer, typ: 'JWT', requiredClaims: ['exp', 'iat', 'sub', 'jti', 'pid'],
      algorithms: metadata.id_token_signing_alg_values_supported,
    })
    console.log(JSON.stringify({ pid: payload.pid }))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }))
  }
}
