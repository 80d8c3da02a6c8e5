// ID tokens (OIDC Core sections 2, 3.1.3.6 and 3.1.3.7).
import { createHash } from 'node:crypto'
import { claimsOf, headerOf } from '../idtoken.mjs'
import { must, same } from '../verdict.mjs'

/** A fresh ID token's claims and header, with the answer it came in. */
async function fresh(server, parameters, how) {
  const tokens = await server.tokens(parameters, how)
  return { ...tokens, header: headerOf(tokens.id_token), claims: await claimsOf(server, tokens.id_token) }
}

const one = (id, source, run) => ({ id: `id-token/${id}`, source, run: async (server) => run(await fresh(server), server) })

const now = () => Date.now() / 1000

export default [
  one('signature', 'OIDC Basic oidcc-server; OAuch', ({ claims }) => must(claims, 'no claims')),
  one('algorithm', 'RFC 8725 §3.2; OAuch', ({ header }, { metadata }) => {
    must(/^(RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$/.test(header.alg), `alg ${header.alg}`)
    must(metadata.id_token_signing_alg_values_supported.includes(header.alg), `alg ${header.alg} is not in the metadata`)
  }),
  one('kid', 'OIDC Core §10.1; OIDC Basic oidcc-server', ({ header }) => must(header.kid, 'no kid')),
  one('header', 'RFC 8725 §3.10', ({ header }) => {
    for (const name of ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'zip']) must(!(name in header), `the header has ${name}`)
    must(header.typ === undefined || /^(jwt|id)$/i.test(header.typ), `typ ${header.typ}`)
  }),
  one('issuer', 'OIDC Core §3.1.3.7; OAuch', ({ claims }, { issuer }) => same(claims.iss, issuer, 'iss')),
  one('audience', 'OIDC Core §3.1.3.7; OAuch', ({ claims, client }) => must([claims.aud].flat().includes(client.id), 'aud has not the client\'s id')),
  one('authorized-party', 'OIDC Core §2; OAuch', ({ claims, client }) => {
    if ([claims.aud].flat().length > 1) same(claims.azp, client.id, 'azp')
    else must(claims.azp === undefined || claims.azp === client.id, `azp ${claims.azp}`)
  }),
  one('times', 'OIDC Core §2; OAuch', ({ claims: { iat, exp } }) => {
    must(Number.isInteger(iat) && Math.abs(iat - now()) < 10, `iat is ${iat - now()} s from now`)
    must(Number.isInteger(exp) && exp > now() && exp - iat <= 86400, `exp is ${exp - iat} s after iat`)
  }),
  one('subject', 'OIDC Core §2; OAuch', ({ claims: { sub } }) => must(/^[\x20-\x7e]{1,255}$/.test(sub), 'sub is not 1 to 255 ASCII characters')),
  one('no-nonce', 'OIDC Basic oidcc-ensure-request-without-nonce-succeeds-for-code-flow', ({ claims }) => must(!('nonce' in claims), 'a nonce nobody sent')),
  one('at-hash', 'OIDC Core §3.1.3.6; OAuch', ({ claims, header, access_token }) => {
    if (claims.at_hash === undefined) return // it may be left out of the code flow
    const digest = createHash(`sha${/\d+$/.exec(header.alg)?.[0] ?? 512}`).update(access_token).digest()
    same(claims.at_hash, digest.subarray(0, digest.length / 2).toString('base64url'), 'at_hash')
  }),
  one('nothing-secret', 'OAuch', ({ claims }) => {
    for (const name of ['access_token', 'refresh_token', 'code', 'password', 'client_secret']) must(!(name in claims), `it has ${name}`)
  }),
  {
    id: 'id-token/nonce', source: 'OIDC Basic oidcc-server; OAuch NonceRequired',
    async run(server) {
      const nonce = `n-${'0S6_WzA2Mj~.'.repeat(5)} é"\\`
      same((await fresh(server, { nonce })).claims.nonce, nonce, 'nonce')
    },
  },
  {
    id: 'id-token/auth-time', source: 'OIDC Basic oidcc-max-age-10000; OIDC Core §3.1.2.1',
    async run(server) {
      const { auth_time, iat } = (await fresh(server, { max_age: 10000 }, { browser: server.browser() })).claims
      must(Number.isInteger(auth_time) && auth_time <= iat && auth_time > iat - 30, `auth_time ${auth_time}, iat ${iat}`)
    },
  },
  {
    id: 'id-token/subject-stays', source: 'OIDC Core §2, §5.3.2',
    async run(server) {
      const first = await fresh(server)
      const second = await fresh(server, {}, { browser: server.browser() })
      const { json } = await server.userinfo(second.access_token)
      same(second.claims.sub, first.claims.sub, 'sub')
      same(json.sub, second.claims.sub, 'userinfo\'s sub')
    },
  },
  {
    id: 'id-token/of-each-client', source: 'OIDC Core §3.1.3.7',
    async run(server) {
      for (const client of [server.clients.other, server.clients.public]) {
        const { claims } = await fresh(server, {}, { client })
        same([claims.aud].flat().join(), client.id, 'aud')
      }
    },
  },
  {
    id: 'id-token/is-no-access-token', source: 'RFC 8725 §3.11; OAuch',
    async run(server) {
      const { id_token } = await fresh(server)
      same((await server.userinfo(id_token)).status, 401, 'userinfo with an ID token')
    },
  },
]
