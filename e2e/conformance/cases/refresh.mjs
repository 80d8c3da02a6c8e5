// Refresh tokens (RFC 6749 section 6, RFC 9700 section 4.14, OIDC Core section 12).
import { claimsOf } from '../idtoken.mjs'
import { notClient, refused } from '../refusal.mjs'
import { described } from '../server.mjs'
import { must, onlyIf, same } from '../verdict.mjs'

/** Refreshes that often, and returns all refresh tokens, the oldest first, and the last answer. */
async function generations(server, times, client = server.clients.basic, parameters = {}) {
  const { refresh_token, access_token, id_token } = await server.tokens(parameters, { client })
  must(refresh_token, 'no refresh token')
  const all = [refresh_token]
  let last = { refresh_token, access_token, id_token }
  for (let i = 0; i < times; i++) {
    const answer = await server.refresh(all.at(-1), {}, client)
    must(answer.status === 200, `refresh ${i + 1}: ${described({ page: answer })}`)
    last = answer.json
    all.push(last.refresh_token ?? all.at(-1))
  }
  return { all, last, first: { access_token, id_token } }
}

/** A refresh that is wrong in one way; what is refused was a good token otherwise. */
const wrong = (id, source, errors, change) => ({
  id: `refresh/${id}`, source,
  async run(server) {
    const { all: [token] } = await generations(server, 0)
    for (const [sent = token, parameters = {}, client = server.clients.basic] of await change(token, server)) {
      refused(await server.refresh(sent, parameters, client), errors)
    }
  },
})

export default [
  {
    id: 'refresh/works', source: 'OIDC Basic oidcc-refresh-token',
    async run(server) {
      const { first, last } = await generations(server, 1)
      must(last.access_token && last.access_token !== first.access_token, 'no other access token')
      must(await server.counts(last.access_token, true), 'the new access token does not count')
    },
  },
  {
    id: 'refresh/works-again', source: 'RFC 6749 §6',
    async run(server) {
      for (const client of [server.clients.basic, server.clients.public]) await generations(server, 5, client)
    },
  },
  {
    id: 'refresh/id-token', source: 'OIDC Core §12.2; OIDC Basic oidcc-refresh-token',
    async run(server) {
      const { first, last } = await generations(server, 1, server.clients.basic, { nonce: 'n', max_age: 10000 })
      onlyIf(last.id_token, 'a refresh has no ID token, which is allowed')
      const [before, after] = [await claimsOf(server, first.id_token), await claimsOf(server, last.id_token)]
      for (const name of ['iss', 'sub', 'auth_time', 'azp']) same(after[name], before[name], name)
      same(`${after.aud}`, `${before.aud}`, 'aud')
      must(after.iat >= before.iat, 'an older iat')
      must(after.nonce === undefined || after.nonce === 'n', 'another nonce')
    },
  },
  {
    id: 'refresh/rotates', source: 'OAuch UsesTokenRotation; RFC 9700 §4.14.2',
    async run(server) {
      const { all } = await generations(server, 3, server.clients.public)
      same(new Set(all).size, 4, 'different refresh tokens')
    },
  },
  {
    id: 'refresh/old-one-is-dead', source: 'OAuch RefreshTokenRevokedAfterUse',
    async run(server) {
      const { public: client } = server.clients
      const { all } = await generations(server, server.back, client)
      refused(await server.refresh(all[0], {}, client), ['invalid_grant'])
    },
  },
  {
    id: 'refresh/reuse-ends-all', source: 'OAuch InvalidatedRefreshToken; RFC 9700 §4.14.2',
    async run(server) {
      const { public: client } = server.clients
      const { all, last } = await generations(server, server.back, client)
      refused(await server.refresh(all[0], {}, client), ['invalid_grant'], 'the old one')
      refused(await server.refresh(all.at(-1), {}, client), ['invalid_grant'], 'the new one, after the old one came again')
      must(!await server.counts(last.access_token, false), 'the access token still counts')
    },
  },
  wrong('bound-to-client', 'OAuch IsRefreshBoundToClient', ['invalid_grant'], (_, { clients }) => [[undefined, {}, clients.other], [undefined, {}, clients.public]]),
  {
    id: 'refresh/bound-to-public-client', source: 'OAuch IsRefreshBoundToClient',
    async run(server) {
      const { all: [token] } = await generations(server, 0, server.clients.public)
      refused(await server.refresh(token, {}, server.clients.stranger), ['invalid_grant'])
    },
  },
  wrong('client-required', 'OAuch IsRefreshAuthenticationRequired', notClient, (_, { clients: { basic } }) => [
    [undefined, {}, { ...basic, method: 'none' }], [undefined, {}, { ...basic, secret: 'x' }], [undefined, {}, null],
  ]),
  wrong('scope-wider', 'RFC 6749 §6', ['invalid_scope'], (_, { scopes }) => [[undefined, { scope: scopes.wide }]]),
  {
    id: 'refresh/scope-narrower', source: 'RFC 6749 §6',
    async run(server) {
      const { all: [token] } = await generations(server, 0, server.clients.basic, { scope: server.scopes.wide })
      const answer = await server.refresh(token, { scope: server.scopes.narrow })
      same(answer.status, 200, described({ page: answer }))
      const { json } = await server.introspect(answer.json.access_token)
      same(json.scope.split(' ').sort().join(' '), server.scopes.narrow.split(' ').sort().join(' '), 'scope')
    },
  },
  {
    id: 'refresh/scope-comes-back', source: 'RFC 6749 §6',
    async run(server) {
      const { all: [token] } = await generations(server, 0, server.clients.basic, { scope: server.scopes.wide })
      const { json: { refresh_token = token } } = await server.refresh(token, { scope: server.scopes.narrow })
      const { json } = await server.refresh(refresh_token)
      same((json.scope ?? server.scopes.wide).split(' ').sort().join(' '), server.scopes.wide.split(' ').sort().join(' '), 'scope')
    },
  },
  wrong('tampered', 'OAuch', ['invalid_grant', 'invalid_request'], (token) => [
    token.slice(0, -1), `${token}x`, ` ${token}`, token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A'), token.toUpperCase(), '', 'x',
  ].map((other) => [other])),
  {
    id: 'refresh/other-tokens', source: 'RFC 9700 §4.10; OAuch',
    async run(server) {
      const { access_token, id_token, outcome } = await server.tokens()
      for (const token of [access_token, id_token, outcome.said.code]) refused(await server.refresh(token), ['invalid_grant', 'invalid_request'])
    },
  },
  wrong('missing', 'RFC 6749 §5.2', ['invalid_request'], () => [[undefined, { refresh_token: undefined }]]),
  wrong('repeated-parameter', 'OAuch SameParameterTwice', ['invalid_request'], (token) => [[undefined, { refresh_token: [token, token] }]]),
  {
    id: 'refresh/no-store', source: 'OAuch HasCacheControl',
    async run(server) {
      const { all: [token] } = await generations(server, 0)
      must(/no-store/.test((await server.refresh(token)).headers['cache-control']), 'no no-store')
    },
  },
  {
    id: 'refresh/offline', source: 'OIDC Core §11',
    async run(server) {
      onlyIf(server.metadata.scopes_supported?.includes('offline_access'), 'offline_access is not offered')
      const browser = server.browser()
      const { refresh_token } = await server.tokens({ scope: `${server.scopes.openid} offline_access`, prompt: 'consent' }, { browser })
      must(refresh_token, 'no refresh token')
      must((await server.refresh(refresh_token)).status === 200, 'it does not work')
    },
  },
]
