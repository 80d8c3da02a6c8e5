// Introspection (RFC 7662).
import { form, send } from '../http.mjs'
import { notClient, refused } from '../refusal.mjs'
import { must, onlyIf, same } from '../verdict.mjs'

const one = (id, source, run) => ({
  id: `introspection/${id}`, source,
  async run(server) {
    onlyIf(server.metadata.introspection_endpoint, 'introspection is not offered')
    await run(server, await server.tokens({ scope: server.scopes.narrow }))
  },
})

/** Exactly that: nothing is told about a token that does not count. */
function inactive({ status, text }) {
  same(status, 200, 'status')
  same(text.replace(/\s/g, ''), '{"active":false}', 'body')
}

export default [
  one('active', 'RFC 7662 §2.2', async (server, { access_token, client }) => {
    const { json } = await server.introspect(access_token)
    same(json.active, true, 'active')
    same(json.client_id, client.id, 'client_id')
    same(json.scope.split(' ').sort().join(' '), server.scopes.narrow.split(' ').sort().join(' '), 'scope')
    must(Number.isInteger(json.exp) && json.exp > Date.now() / 1000, `exp ${json.exp}`)
    must(json.iss === undefined || json.iss === server.issuer, `iss ${json.iss}`)
  }),
  one('subject', 'RFC 7662 §2.2', async (server, { access_token }) => {
    same((await server.introspect(access_token)).json.sub, (await server.userinfo(access_token)).json.sub, 'sub')
  }),
  one('unknown', 'RFC 7662 §2.2', async (server, { access_token }) => {
    for (const token of ['nobody-made-this', access_token.slice(0, -1), `${access_token}x`]) inactive(await server.introspect(token))
  }),
  one('id-token', 'RFC 7662 §2.2; OAuch', async (server, { id_token }) => {
    const { status, json } = await server.introspect(id_token)
    must(status === 400 || json.active === false, 'an ID token is active')
  }),
  one('used-refresh-token', 'RFC 7662 §2.2', async (server) => {
    const { refresh_token } = await server.tokens()
    let last = refresh_token
    for (let i = 0; i < server.back; i++) last = (await server.refresh(last)).json.refresh_token
    inactive(await server.introspect(refresh_token))
  }),
  one('client-required', 'RFC 7662 §2.1; OAuch', async (server, { access_token }) => {
    const { basic } = server.clients
    for (const client of [null, { ...basic, method: 'none' }, { ...basic, secret: 'x' }]) refused(await server.introspect(access_token, {}, client), notClient)
  }),
  one('public-strangers', 'RFC 7662 §4', async (server, { access_token }) => {
    const { status, json } = await server.introspect(access_token, {}, server.clients.stranger)
    must(status >= 400 || json.active === false, 'anybody may ask about a token')
  }),
  one('token-missing', 'RFC 7662 §2.1', async (server) => refused(await server.introspect(undefined), ['invalid_request'])),
  one('hint', 'RFC 7662 §2.1', async (server, { access_token }) => {
    same((await server.introspect(access_token, { token_type_hint: 'refresh_token' })).json.active, true, 'active, by a wrong hint')
  }),
  one('no-store', 'RFC 7662 §4', async (server, { access_token }) => {
    const { headers } = await server.introspect(access_token)
    must(/no-store/.test(headers['cache-control']), `Cache-Control: ${headers['cache-control']}`)
    must(/^application\/json\b/.test(headers['content-type']), `Content-Type: ${headers['content-type']}`)
  }),
  one('get', 'RFC 7662 §2.1', async (server, { access_token }) => {
    const { id, secret } = server.clients.post
    const { status } = await send(`${server.metadata.introspection_endpoint}?${form({ token: access_token, client_id: id, client_secret: secret })}`)
    must(status >= 400, `GET: ${status}`)
  }),
]
