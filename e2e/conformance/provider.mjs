// A certified OpenID provider that is not ours, on a loopback port of its own, with everything in memory. Its first line
// of stdin is {redirects, posts}: where pages of a test listen, for the client `page`; and whether requests may be posted,
// for which it wants cookies that browsers refuse on plain HTTP. It answers with its description (server.mjs says what
// that has) when it is ready, and ends when stdin does, at the latest after ten minutes.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { Provider } from 'oidc-provider'

const lines = createInterface({ input: process.stdin }).on('close', () => process.exit())
setTimeout(() => process.exit(1), 600_000)
const { redirects = [], posts = false } = JSON.parse(await once(lines, 'line'))
const text = () => randomBytes(32).toString('base64url')
const jwk = (alg, type, options) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: text() })

const key = jwk('ES256', 'ec', { namedCurve: 'P-256' })
const { d, ...published } = key
const here = ['https://app.example/callback', 'https://app.example/second']
const gone = 'https://app.example/gone'
const clients = {
  basic: { method: 'client_secret_basic', redirects: here },
  post: { method: 'client_secret_post', redirects: here },
  other: { method: 'client_secret_basic', redirects: ['https://other.example/callback'] },
  public: { method: 'none', redirects: here },
  stranger: { method: 'none', redirects: here },
  signed: { method: 'private_key_jwt', redirects: here, key },
  loopback: { method: 'none', redirects: ['http://127.0.0.1/callback'], native: true },
  site: { method: 'client_secret_post', redirects: ['http://127.0.0.1/callback'], native: true },
  page: { method: 'none', redirects: [...here, ...redirects] },
}
for (const [name, client] of Object.entries(clients)) Object.assign(client, { id: name, ...(/secret/.test(client.method) ? { secret: text() } : {}) })

const registration = ({ id, secret, method, redirects, native }) => ({
  client_id: id, client_secret: secret, token_endpoint_auth_method: method, redirect_uris: redirects, application_type: native ? 'native' : 'web',
  post_logout_redirect_uris: [gone], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
  ...(method === 'private_key_jwt' ? { jwks: { keys: [published] }, token_endpoint_auth_signing_alg: 'ES256' } : {}),
})

const configuration = {
  clients: Object.values(clients).map(registration),
  scopes: ['openid', 'offline_access', 'read', 'write'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  responseTypes: ['code'],
  clientAuthMethods: [...new Set(Object.values(clients).map(({ method }) => method))],
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, email: accountId, email_verified: true, name: 'Ada' }) }),
  features: { introspection: { enabled: true }, revocation: { enabled: true }, rpInitiatedLogout: { enabled: true }, devInteractions: { enabled: true } },
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  jwks: { keys: [jwk('RS256', 'rsa', { modulusLength: 2048 }), jwk('ES256', 'ec', { namedCurve: 'P-256' })] },
  enableHttpPostMethods: posts,
  cookies: { keys: [text()], long: { httpOnly: true, sameSite: posts ? 'none' : 'lax' } },
}

const listener = createServer().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${listener.address().port}`
  listener.on('request', new Provider(issuer, configuration).callback())
  console.log(JSON.stringify({
    issuer, clients, gone, account: { login: 'ada@acme.example', password: 'correct horse' }, back: 1,
    scopes: { openid: 'openid', wide: 'openid read write', narrow: 'openid read', api: 'read' },
  }))
})
