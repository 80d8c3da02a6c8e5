// The userinfo endpoint (OIDC Core section 5.3, RFC 6750).
import { claimsOf } from '../idtoken.mjs'
import { form, send } from '../http.mjs'
import { must, onlyIf, same } from '../verdict.mjs'

const one = (id, source, run) => ({
  id: `userinfo/${id}`, source,
  async run(server) {
    onlyIf(server.metadata.userinfo_endpoint, 'userinfo is not offered')
    await run(server, await server.tokens())
  },
})

/** Refused as RFC 6750 section 3 has it; what the challenge says, by name. */
function challenge({ status, headers }, want) {
  same(status, want, 'status')
  const told = headers['www-authenticate'] ?? ''
  must(/^bearer\b/i.test(told), `WWW-Authenticate: ${told}`)
  return Object.fromEntries([...told.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]))
}

/** What a scope is about, the beginning of it (OIDC Core section 5.4). */
const told = { profile: ['name', 'given_name', 'family_name', 'nickname', 'preferred_username'], email: ['email'] }

const subject = async (server, { id_token }) => (await claimsOf(server, id_token)).sub

export default [
  one('get', 'OIDC Basic oidcc-userinfo-get', async (server, tokens) => {
    const { status, json, headers } = await server.userinfo(tokens.access_token)
    same(status, 200, 'status')
    must(/^application\/json\b/.test(headers['content-type']), `Content-Type: ${headers['content-type']}`)
    same(json.sub, await subject(server, tokens), 'sub')
  }),
  one('post-header', 'OIDC Basic oidcc-userinfo-post-header', async (server, tokens) => {
    const { status, json } = await server.userinfo(tokens.access_token, { method: 'POST' })
    same(status, 200, 'status')
    same(json.sub, await subject(server, tokens), 'sub')
  }),
  one('post-body', 'OIDC Basic oidcc-userinfo-post-body', async (server, tokens) => {
    const { status, json } = await server.userinfo(undefined, { method: 'POST', body: form({ access_token: tokens.access_token }) })
    same(status, 200, 'status')
    same(json.sub, await subject(server, tokens), 'sub')
  }),
  one('no-token', 'RFC 6750 §3.1', async (server) => same(challenge(await server.userinfo(), 401).error, undefined, 'error')),
  one('wrong-token', 'RFC 6750 §3.1', async (server, { access_token }) => {
    for (const token of ['nobody-made-this', access_token.slice(0, -1), `${access_token}x`, 'a.b.c']) {
      same(challenge(await server.userinfo(token), 401).error, 'invalid_token', 'error')
    }
  }),
  one('revoked-token', 'RFC 6750 §3.1', async (server, { access_token }) => {
    onlyIf(server.metadata.revocation_endpoint, 'revocation is not offered')
    await server.revoke(access_token)
    await server.counts(access_token, false)
    same(challenge(await server.userinfo(access_token), 401).error, 'invalid_token', 'error')
  }),
  one('without-openid', 'OIDC Core §5.3.1; RFC 6750 §3.1', async (server) => {
    const { access_token } = await server.tokens({ scope: server.scopes.api })
    const answer = await server.userinfo(access_token)
    must([401, 403].includes(answer.status), `status ${answer.status}`)
    must(['insufficient_scope', 'invalid_token'].includes(challenge(answer, answer.status).error), 'another error')
  }),
  one('other-tokens', 'RFC 9700 §4.10', async (server, { refresh_token, id_token, outcome }) => {
    for (const token of [refresh_token, id_token, outcome.said.code]) same((await server.userinfo(token)).status, 401, 'status')
  }),
  one('token-in-address', 'RFC 9700 §4.3.2; OAuch', async (server, { access_token }) => {
    const { status } = await send(`${server.metadata.userinfo_endpoint}?${form({ access_token })}`)
    must(status === 400 || status === 401, `status ${status}`)
  }),
  one('two-tokens', 'RFC 6750 §2', async (server, { access_token }) => {
    const { status } = await server.userinfo(access_token, { method: 'POST', body: form({ access_token }) })
    same(status, 400, 'status')
  }),
  one('repeated-parameter', 'RFC 6750 §3.1', async (server, { access_token }) => {
    const { status } = await server.userinfo(undefined, { method: 'POST', body: form({ access_token: [access_token, access_token] }) })
    must(status === 400 || status === 401, `status ${status}`)
  }),
  one('no-store', 'OIDC Core §5.3.2; RFC 6750 §5.3', async (server, { access_token }) => {
    must(/no-store|private/.test((await server.userinfo(access_token)).headers['cache-control']), 'it may be stored')
  }),
  one('pages-may-read', 'OIDC Core §5.3; Fetch §3.2', async (server) => {
    const { public: client } = server.clients
    const origin = new URL(client.redirects[0]).origin
    const { access_token } = await server.tokens({}, { client })
    const before = await send(server.metadata.userinfo_endpoint, { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'authorization' } })
    must(before.status < 300 && ['*', origin].includes(before.headers['access-control-allow-origin']), `preflight ${before.status}`)
    must(/authorization/i.test(before.headers['access-control-allow-headers']), 'Authorization is not allowed')
    const { headers } = await server.userinfo(access_token, { headers: { Origin: origin } })
    must(['*', origin].includes(headers['access-control-allow-origin']), 'no Access-Control-Allow-Origin for the client\'s own page')
  }),
  ...['profile', 'email'].map((scope) => one(`scope-${scope}`, `OIDC Basic oidcc-scope-${scope}`, async (server) => {
    onlyIf(server.metadata.scopes_supported?.includes(scope), `${scope} is not offered`)
    const { access_token } = await server.tokens({ scope: `openid ${scope}` })
    const { json } = await server.userinfo(access_token)
    must(told[scope].some((name) => json[name]), `${scope} says nothing`)
  })),
]
