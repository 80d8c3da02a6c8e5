// How clients show which one they are (RFC 6749 section 2.3, RFC 7523).
import { generateKeyPair, SignJWT } from 'jose'
import { assertionType, basic, claims, shown, signed } from '../credentials.mjs'
import { form, send } from '../http.mjs'
import { notClient, refused } from '../refusal.mjs'
import { must, onlyIf, same } from '../verdict.mjs'

const methods = ['basic', 'post', 'public', 'signed']

/** What is sent instead of a client's own credentials, for a code of its own. */
async function tried(server, outcome, { headers, ...body }) {
  return send(server.metadata.token_endpoint, { method: 'POST', headers, body: form({ ...server.redemption(outcome), ...body }) })
}

/** A redemption in the client's name with other credentials. */
const wrong = (id, source, name, credentials, errors = notClient) => ({
  id: `client/${id}`, source,
  async run(server) {
    const client = server.clients[name]
    onlyIf(client, `no client is ${name}`)
    const outcome = await server.code({}, { client })
    for (const given of [await credentials(client, server)].flat()) refused(await tried(server, outcome, given), errors)
  },
})

/** An assertion that says something else, or is signed otherwise. */
const assertion = (id, source, change) => wrong(`jwt-${id}`, source, 'signed', async (client, server) => {
  const said = { ...claims(client, server), ...await change?.(client, server) }
  return shown(client, await signed(JSON.parse(JSON.stringify(said)), client.key))
})

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const now = () => Math.floor(Date.now() / 1000)

export default [
  ...methods.map((name) => ({
    id: `client/${name}`, source: name === 'post' ? 'OIDC Basic oidcc-server-client-secret-post' : 'OIDC Core §9',
    async run(server) {
      const client = server.clients[name]
      onlyIf(client, `no client is ${name}`)
      await server.tokens({}, { client })
    },
  })),
  wrong('required', 'OAuch IsClientAuthenticationRequired', 'basic', ({ id }) => [{ client_id: id }, {}]),
  wrong('wrong-secret', 'RFC 6749 §5.2', 'basic', ({ id, secret }) => [
    `${secret}x`, secret.slice(0, -1), '', secret.toUpperCase(),
  ].map((text) => ({ headers: { Authorization: basic(id, text) } })), ['invalid_client', 'invalid_request']),
  wrong('wrong-secret-post', 'RFC 6749 §5.2', 'post', ({ id, secret }) => [`${secret}x`, ''].map((client_secret) => ({ client_id: id, client_secret }))),
  wrong('unknown', 'RFC 6749 §5.2', 'basic', ({ secret }) => [{ headers: { Authorization: basic('nobody', secret) } }, { client_id: 'nobody', client_secret: secret }]),
  wrong('of-another', 'RFC 6749 §5.2', 'basic', ({ id }, { clients }) => ({ headers: { Authorization: basic(id, clients.other.secret) } }), ['invalid_client']),
  wrong('malformed-basic', 'RFC 7617 §2', 'basic', ({ id, secret }) => [
    'Basic', 'Basic !!!', `Basic ${Buffer.from(id).toString('base64')}`, `Bearer ${secret}`,
  ].map((Authorization) => ({ headers: { Authorization } }))),
  wrong('two-methods', 'RFC 6749 §2.3', 'basic', ({ id, secret }) => ({ headers: { Authorization: basic(id, secret) }, client_id: id, client_secret: secret })),
  wrong('two-names', 'RFC 6749 §2.3', 'basic', ({ id, secret }, { clients }) => ({ headers: { Authorization: basic(id, secret) }, client_id: clients.other.id }), [...notClient, 'invalid_grant']),
  wrong('repeated-secret', 'OAuch SameParameterTwice', 'post', ({ id, secret }) => ({ client_id: id, client_secret: [secret, secret] })),
  {
    id: 'client/challenge', source: 'RFC 6749 §5.2',
    async run(server) {
      const { basic: client } = server.clients
      const { status, headers } = await tried(server, await server.code(), { headers: { Authorization: basic(client.id, 'x') } })
      same(status, 401, 'status')
      must(/^basic/i.test(headers['www-authenticate']), `WWW-Authenticate: ${headers['www-authenticate']}`)
    },
  },
  {
    id: 'client/refusal-keeps-code', source: 'RFC 9700 §4.5',
    async run(server) {
      const outcome = await server.code()
      refused(await tried(server, outcome, { client_id: outcome.client.id, client_secret: 'x' }), notClient)
      same((await server.redeem(outcome)).status, 200, 'the client itself, after a stranger')
    },
  },
  wrong('jwt-other-key', 'OAuch (JWT client authentication)', 'signed', async (client, server) =>
    shown(client, await new SignJWT(claims(client, server)).setProtectedHeader({ alg: 'ES256', kid: client.key.kid }).sign((await generateKeyPair('ES256')).privateKey))),
  assertion('audience', 'OAuch; RFC 7523 §3', () => ({ aud: 'https://other.example' })),
  assertion('no-audience', 'OAuch; RFC 7523 §3', () => ({ aud: undefined })),
  assertion('issuer', 'OAuch; RFC 7523 §3', (_, { clients }) => ({ iss: clients.basic.id })),
  assertion('subject', 'OAuch; RFC 7523 §3', (_, { clients }) => ({ sub: clients.basic.id })),
  assertion('expired', 'OAuch; RFC 7523 §3', () => ({ iat: now() - 600, exp: now() - 300 })),
  assertion('no-end', 'OAuch; RFC 7523 §3', () => ({ exp: undefined })),
  assertion('not-yet', 'OAuch; RFC 7523 §3; FAPI2-SP-Final', () => ({ nbf: now() + 300 })),
  wrong('jwt-none', 'OAuch; RFC 8725 §3.2', 'signed', (client, server) => ['none', 'None', 'nOnE'].map((alg) => shown(client, `${part({ alg })}.${part(claims(client, server))}.`))),
  wrong('jwt-tampered', 'OAuch', 'signed', async (client, server) => {
    const [head, , mac] = (await signed(claims(client, server), client.key)).split('.')
    return shown(client, `${head}.${part({ ...claims(client, server), jti: 'another' })}.${mac}`)
  }),
  wrong('jwt-type', 'RFC 7521 §4.2', 'signed', async (client, server) => ({ ...shown(client, await signed(claims(client, server), client.key)), client_assertion_type: `${assertionType}x` })),
  {
    id: 'client/jwt-once', source: 'OAuch; RFC 7523 §3; OIDC Core §9',
    async run(server) {
      const { signed: client } = server.clients
      onlyIf(client, 'no client is signed')
      const proof = shown(client, await signed(claims(client, server), client.key))
      const [first, second] = [await server.code({}, { client }), await server.code({}, { client })]
      same((await tried(server, first, proof)).status, 200, 'the first')
      refused(await tried(server, second, proof), notClient)
    },
  },
]
