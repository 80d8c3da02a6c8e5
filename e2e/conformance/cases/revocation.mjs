// Revocation (RFC 7009).
import { send, form } from '../http.mjs'
import { notClient, refused } from '../refusal.mjs'
import { described } from '../server.mjs'
import { must, onlyIf, same } from '../verdict.mjs'

const offered = ({ metadata }) => onlyIf(metadata.revocation_endpoint, 'revocation is not offered')

const one = (id, source, run) => ({
  id: `revocation/${id}`, source,
  async run(server) {
    offered(server)
    await run(server, await server.tokens())
  },
})

const done = (answer) => same(answer.status, 200, described({ page: answer }))

export default [
  one('access', 'OAuch; RFC 7009 §2.1', async (server, { access_token }) => {
    done(await server.revoke(access_token))
    must(!await server.counts(access_token, false), 'it still counts')
  }),
  one('refresh', 'OAuch; RFC 7009 §2.1', async (server, { refresh_token }) => {
    done(await server.revoke(refresh_token))
    refused(await server.refresh(refresh_token), ['invalid_grant'])
  }),
  one('refresh-ends-access', 'OAuch RefreshRevokesAccess; RFC 7009 §2.1', async (server, { access_token, refresh_token }) => {
    done(await server.revoke(refresh_token))
    must(!await server.counts(access_token, false), 'the access token still counts')
  }),
  one('introspected', 'RFC 7662 §2.2', async (server, { access_token }) => {
    onlyIf(server.metadata.introspection_endpoint, 'introspection is not offered')
    done(await server.revoke(access_token))
    await server.counts(access_token, false)
    same((await server.introspect(access_token)).text.replace(/\s/g, ''), '{"active":false}', 'introspection')
  }),
  one('bound-to-client', 'OAuch IsBoundToClient; RFC 7009 §2.1', async (server, { access_token, refresh_token }) => {
    for (const client of [server.clients.other, server.clients.public]) {
      for (const token of [access_token, refresh_token]) await server.revoke(token, {}, client)
    }
    must(await server.counts(access_token, true), 'another client ended the access token')
    same((await server.refresh(refresh_token)).status, 200, 'the refresh token, after another client')
  }),
  one('client-required', 'OAuch IsClientAuthRequired; RFC 7009 §2.1', async (server, { access_token }) => {
    const { basic } = server.clients
    for (const client of [null, { ...basic, method: 'none' }, { ...basic, secret: 'x' }]) refused(await server.revoke(access_token, {}, client), notClient)
    must(await server.counts(access_token, true), 'it was ended')
  }),
  one('public-client', 'RFC 7009 §2.1', async (server) => {
    const { public: client } = server.clients
    const { refresh_token } = await server.tokens({}, { client })
    done(await server.revoke(refresh_token, {}, client))
    refused(await server.refresh(refresh_token, {}, client), ['invalid_grant'])
  }),
  one('unknown', 'RFC 7009 §2.2', async (server) => {
    for (const token of ['nobody-made-this', 'a.b.c', 'x'.repeat(300)]) done(await server.revoke(token))
  }),
  one('twice', 'RFC 7009 §2.2', async (server, { refresh_token }) => {
    done(await server.revoke(refresh_token))
    done(await server.revoke(refresh_token))
  }),
  one('hints', 'RFC 7009 §2.1', async (server, { access_token, refresh_token }) => {
    done(await server.revoke(access_token, { token_type_hint: 'refresh_token' }))
    must(!await server.counts(access_token, false), 'a wrong hint saved it')
    done(await server.revoke(refresh_token, { token_type_hint: 'access_token' }))
    refused(await server.refresh(refresh_token), ['invalid_grant'])
  }),
  one('unknown-hint', 'RFC 7009 §2.2.1', async (server, { refresh_token }) => {
    const answer = await server.revoke(refresh_token, { token_type_hint: 'something' })
    if (answer.status !== 200) return refused(answer, ['unsupported_token_type'])
    refused(await server.refresh(refresh_token), ['invalid_grant'])
  }),
  one('token-missing', 'RFC 7009 §2.1', async (server) => refused(await server.revoke(undefined), ['invalid_request'])),
  one('repeated-parameter', 'RFC 6749 §3.2', async (server, { refresh_token }) => refused(await server.revoke([refresh_token, refresh_token]), ['invalid_request'])),
  one('get', 'RFC 7009 §2.1', async (server, { access_token }) => {
    const { id, secret } = server.clients.post
    const { status } = await send(`${server.metadata.revocation_endpoint}?${form({ token: access_token, client_id: id, client_secret: secret })}`)
    must(status >= 400, `GET: ${status}`)
    must(await server.counts(access_token, true), 'GET ended it')
  }),
]
