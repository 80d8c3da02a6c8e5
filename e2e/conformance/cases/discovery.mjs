// What a client is told before it asks (OpenID Connect Discovery 1.0, RFC 8414).
import { send } from '../http.mjs'
import { must, onlyIf, same } from '../verdict.mjs'

const loopback = /^(127\.0\.0\.1|\[::1\]|localhost)$/

const keysOf = async ({ metadata }) => (await send(metadata.jwks_uri)).json.keys

export default [
  {
    id: 'discovery/issuer-exact', source: 'OIDC Basic oidcc-server; Discovery §4.3',
    run: ({ issuer, metadata }) => same(metadata?.issuer, issuer, 'issuer'),
  },
  {
    id: 'discovery/required-metadata', source: 'Discovery §3',
    run({ metadata }) {
      for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri']) must(URL.canParse(metadata[name]), `no ${name}`)
      for (const name of ['response_types_supported', 'subject_types_supported', 'id_token_signing_alg_values_supported']) {
        must(Array.isArray(metadata[name]) && metadata[name].length, `no ${name}`)
      }
      must(metadata.response_types_supported.includes('code'), 'code is not among the response types')
    },
  },
  {
    id: 'discovery/endpoints-safe', source: 'RFC 6749 §3.1, §3.2',
    run({ metadata }) {
      for (const [name, value] of Object.entries(metadata)) {
        if (!/_(endpoint|uri)$/.test(name)) continue
        const { protocol, hostname, hash } = new URL(value)
        must(protocol === 'https:' || loopback.test(hostname), `${name} is neither https nor loopback`)
        same(hash, '', `${name}: fragment`)
      }
    },
  },
  {
    id: 'discovery/media-type', source: 'Discovery §4.2',
    async run({ issuer }) {
      const { headers } = await send(`${issuer}/.well-known/openid-configuration`)
      must(/^application\/json\b/.test(headers['content-type']), `Content-Type: ${headers['content-type']}`)
    },
  },
  {
    id: 'discovery/oauth-document', source: 'RFC 8414 §3',
    async run({ issuer, metadata }) {
      const { origin, pathname } = new URL(issuer)
      const answer = await send(`${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`)
      onlyIf(answer.status === 200, 'there is no oauth-authorization-server document')
      for (const name of ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri']) same(answer.json[name], metadata[name], name)
    },
  },
  {
    id: 'discovery/jwks-public', source: 'RFC 7517 §4; RFC 8414 §2',
    async run(server) {
      const keys = await keysOf(server)
      must(keys.length > 0, 'no keys')
      for (const key of keys) {
        for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) must(!(secret in key), `a key has ${secret}`)
      }
    },
  },
  {
    id: 'discovery/jwks-named', source: 'OIDC Core §10.1; OIDC Basic oidcc-server',
    async run(server) {
      const keys = await keysOf(server)
      must(keys.every(({ kid }) => kid), 'a key without kid')
      same(new Set(keys.map(({ kid }) => kid)).size, keys.length, 'different kids')
    },
  },
  {
    id: 'discovery/no-unsigned', source: 'RFC 8725 §3.2; OAuch',
    run: ({ metadata }) => must(!metadata.id_token_signing_alg_values_supported.includes('none'), 'none is offered for ID tokens'),
  },
  {
    id: 'discovery/pkce-s256', source: 'RFC 9700 §2.1.1',
    run({ metadata: { code_challenge_methods_supported: methods } }) {
      must(methods?.includes('S256'), 'S256 is not offered')
      must(!methods.includes('plain'), 'plain is offered')
    },
  },
  {
    id: 'discovery/iss-parameter', source: 'RFC 9207 §3',
    run: ({ metadata }) => same(metadata.authorization_response_iss_parameter_supported, true, 'authorization_response_iss_parameter_supported'),
  },
  {
    id: 'discovery/no-implicit', source: 'RFC 9700 §2.1.2',
    run: ({ metadata }) => must(!metadata.response_types_supported.some((type) => /\btoken\b/.test(type)), 'access tokens are sent through the browser'),
  },
  ...['issuer', 'jwks_uri'].map((name) => ({
    id: `discovery/pages-may-read-${name === 'issuer' ? 'metadata' : 'keys'}`, source: 'Fetch §3.2 (clients in browsers)',
    async run({ issuer, metadata }) {
      const url = name === 'issuer' ? `${issuer}/.well-known/openid-configuration` : metadata[name]
      const { headers } = await send(url, { headers: { Origin: 'https://app.example' } })
      must(['*', 'https://app.example'].includes(headers['access-control-allow-origin']), 'no Access-Control-Allow-Origin')
    },
  })),
]
