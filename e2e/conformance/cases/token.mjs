// The token endpoint and codes (RFC 6749 sections 3.2, 4.1.3 and 5).
import { form, send } from '../http.mjs'
import { notGrant, refused } from '../refusal.mjs'
import { described } from '../server.mjs'
import { must, same } from '../verdict.mjs'

/** A redemption that is wrong in one way; what is refused was a good code otherwise. */
const wrong = (id, source, parameters, errors = notGrant) => ({
  id: `token/${id}`, source,
  run: async (server) => refused(await server.redeem(await server.code(), parameters), errors),
})

export default [
  {
    id: 'token/answer', source: 'RFC 6749 §5.1; OIDC Core §3.1.3.3',
    async run(server) {
      const { access_token, token_type, expires_in, id_token } = await server.tokens()
      must(access_token && id_token, 'no access token or no ID token')
      same(token_type.toLowerCase(), 'bearer', 'token_type')
      must(Number.isInteger(expires_in) && expires_in > 0, `expires_in ${expires_in}`)
    },
  },
  {
    id: 'token/code-once', source: 'OIDC Basic oidcc-codereuse; OAuch MultipleCodeExchanges',
    async run(server) {
      const { outcome } = await server.tokens()
      refused(await server.redeem(outcome), ['invalid_grant'])
    },
  },
  {
    id: 'token/reuse-ends-access', source: 'OAuch TokenValidAfterMultiExchange; RFC 6749 §4.1.2',
    async run(server) {
      const { outcome, access_token } = await server.tokens()
      must(await server.counts(access_token, true), 'the token did not count before')
      await server.redeem(outcome)
      must(!await server.counts(access_token, false), 'the access token still counts')
    },
  },
  {
    id: 'token/reuse-ends-refresh', source: 'OAuch RefreshTokenValidAfterMultiExchange; RFC 6749 §4.1.2',
    async run(server) {
      const { outcome, refresh_token } = await server.tokens()
      await server.redeem(outcome)
      refused(await server.refresh(refresh_token), ['invalid_grant'])
    },
  },
  {
    id: 'token/bound-to-client', source: 'OAuch IsCodeBoundToClient, ClientIdsCorrespond; RFC 6749 §4.1.3',
    async run(server) {
      for (const [owner, thief] of [['basic', 'other'], ['public', 'stranger'], ['public', 'basic'], ['basic', 'public']]) {
        const outcome = await server.code({}, { client: server.clients[owner] })
        refused(await server.redeem(outcome, {}, server.clients[thief]), ['invalid_grant'], `${owner}'s by ${thief}`)
      }
    },
  },
  {
    id: 'token/redirect-checked', source: 'OAuch RedirectUriChecked; RFC 6749 §4.1.3',
    async run(server) {
      const [first, second] = server.clients.basic.redirects
      for (const redirect_uri of [second, `${first}/`, `${first}?`, 'https://evil.example/callback']) {
        refused(await server.redeem(await server.code(), { redirect_uri }), notGrant, redirect_uri)
      }
    },
  },
  wrong('redirect-missing', 'OAuch RedirectUriChecked; RFC 6749 §4.1.3', { redirect_uri: undefined }),
  wrong('code-missing', 'RFC 6749 §5.2', { code: undefined }, ['invalid_request']),
  wrong('code-empty', 'RFC 6749 §3.2', { code: '' }, ['invalid_request', 'invalid_grant']),
  wrong('code-unknown', 'RFC 6749 §5.2', { code: 'x'.repeat(43) }, ['invalid_grant']),
  wrong('grant-missing', 'RFC 6749 §5.2', { grant_type: undefined }, ['invalid_request', 'unsupported_grant_type']),
  wrong('grant-unknown', 'RFC 6749 §5.2', { grant_type: 'urn:example:nobody' }, ['unsupported_grant_type']),
  wrong('grant-password', 'RFC 9700 §2.4; OAuch', { grant_type: 'password', username: 'ada', password: 'x' }, ['unsupported_grant_type', 'unauthorized_client', 'invalid_request']),
  {
    id: 'token/code-truncated', source: 'OAuch CodePollution',
    async run(server) {
      const outcome = await server.code()
      for (const code of [outcome.said.code.slice(0, -1), `${outcome.said.code}x`, ` ${outcome.said.code}`, `${outcome.said.code}\0`]) {
        refused(await server.redeem(outcome, { code }), notGrant, 'almost the code')
      }
    },
  },
  {
    id: 'token/get', source: 'OAuch IsGetSupported; RFC 6749 §3.2',
    async run(server) {
      const outcome = await server.code()
      const { id, secret } = server.clients.post
      const query = form({ ...server.redemption(outcome), client_id: id, client_secret: secret })
      const { status, json } = await send(`${server.metadata.token_endpoint}?${query}`)
      must(status >= 400 && !json?.access_token, `GET: ${status}`)
    },
  },
  {
    id: 'token/parameters-in-address', source: 'OAuch IsAuthInUriAllowed; RFC 6749 §2.3.1',
    async run(server) {
      const { post: client } = server.clients
      const outcome = await server.code({}, { client })
      const query = form({ client_id: client.id, client_secret: client.secret })
      const answer = await send(`${server.metadata.token_endpoint}?${query}`, { method: 'POST', body: form(server.redemption(outcome)) })
      must(answer.status >= 400 && !answer.json?.access_token, 'a secret in the address was taken')
    },
  },
  {
    id: 'token/repeated-parameter', source: 'OAuch SameParameterTwice; RFC 6749 §3.2',
    async run(server) {
      const outcome = await server.code()
      const { code, redirect_uri, code_verifier } = server.redemption(outcome)
      for (const [name, value] of Object.entries({ code, redirect_uri, code_verifier, grant_type: 'authorization_code' })) {
        refused(await server.redeem(outcome, { [name]: [value, value] }), ['invalid_request'], `${name} twice`)
      }
    },
  },
  {
    id: 'token/unknown-parameter', source: 'OAuch UnrecognizedParameterAllowed; RFC 6749 §3.2',
    async run(server) {
      const answer = await server.redeem(await server.code(), { extra: 'foobar' })
      same(answer.status, 200, described({ page: answer }))
    },
  },
  {
    id: 'token/no-store', source: 'OAuch HasCacheControl; RFC 6749 §5.1',
    async run(server) {
      const { answer: { headers } } = await server.tokens()
      must(/no-store/.test(headers['cache-control']), `Cache-Control: ${headers['cache-control']}`)
    },
  },
  {
    id: 'token/pragma', source: 'OAuch HasPragma; RFC 6749 §5.1',
    async run(server) {
      const { answer: { headers } } = await server.tokens()
      same(headers.pragma, 'no-cache', 'Pragma')
    },
  },
  {
    id: 'token/media-type', source: 'RFC 6749 §5.1, §5.2',
    async run(server) {
      const { answer: good, outcome } = await server.tokens()
      const bad = await server.redeem(outcome)
      for (const { headers } of [good, bad]) must(/^application\/json\b/.test(headers['content-type']), `Content-Type: ${headers['content-type']}`)
    },
  },
  {
    id: 'token/error-no-store', source: 'RFC 6749 §5.2',
    async run(server) {
      const { outcome } = await server.tokens()
      const { headers, json } = await server.redeem(outcome)
      must(/no-store/.test(headers['cache-control']), `Cache-Control: ${headers['cache-control']}`)
      must(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(json.error_description ?? ''), 'error_description has characters it may not')
    },
  },
  {
    id: 'token/scope', source: 'RFC 6749 §5.1',
    async run(server) {
      const { scope = server.scopes.narrow } = await server.tokens({ scope: server.scopes.narrow })
      same(scope.split(' ').sort().join(' '), server.scopes.narrow.split(' ').sort().join(' '), 'scope')
    },
  },
  {
    id: 'token/pages-may-ask', source: 'Fetch §3.2 (clients in browsers)',
    async run(server) {
      const { public: client } = server.clients
      const origin = new URL(client.redirects[0]).origin
      const outcome = await server.code({}, { client })
      const answer = await server.token(server.redemption(outcome), client, { headers: { Origin: origin } })
      same(answer.status, 200, described({ page: answer }))
      must(['*', origin].includes(answer.headers['access-control-allow-origin']), 'no Access-Control-Allow-Origin for the client\'s own page')
      must(!answer.headers['access-control-allow-credentials'], 'cookies are allowed')
    },
  },
]
