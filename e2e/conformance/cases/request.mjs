// What a client may ask at the authorization endpoint, and how it is answered (OIDC Core section 3.1.2, RFC 9207).
import { told } from '../refusal.mjs'
import { described } from '../server.mjs'
import { must, onlyIf, same } from '../verdict.mjs'

const look = { answer: 'look' }
const odd = `${'s'.repeat(400)} &=#?%+"<>\\'\u00e9\u{1f511}`

/** The request is answered as if these parameters were not there, or as they ask. */
const succeeds = (id, source, parameters) => ({ id: `request/${id}`, source, run: (server) => server.code(parameters) })

export default [
  {
    id: 'request/code', source: 'OIDC Basic oidcc-server',
    async run(server) {
      const { callback, sent } = await server.code()
      must(callback.href.startsWith(`${sent.redirect_uri}?`) && !callback.hash, 'the code is not in the query of the redirect_uri')
    },
  },
  {
    id: 'request/state', source: 'OAuch StatePresent; RFC 6749 §4.1.2',
    async run(server) {
      const { said } = await server.code({ state: odd })
      must(said.state === odd, 'another state')
    },
  },
  {
    id: 'request/no-state', source: 'RFC 6749 §4.1.2',
    run: async (server) => must(!('state' in (await server.code({ state: undefined })).said), 'a state from nowhere'),
  },
  {
    id: 'request/iss', source: 'RFC 9207 §2; OAuch',
    run: async (server) => same((await server.code()).said.iss, server.issuer, 'iss'),
  },
  {
    id: 'request/iss-in-errors', source: 'RFC 9207 §2',
    async run(server) {
      const outcome = await server.authorize({ prompt: 'none' }, { browser: server.browser() })
      told(outcome, 'login_required')
      same(outcome.said.iss, server.issuer, 'iss')
    },
  },
  {
    id: 'request/response-type-missing', source: 'OIDC Basic oidcc-response-type-missing',
    async run(server) {
      for (const response_type of [undefined, '']) {
        const outcome = await server.authorize({ response_type }, look)
        if (outcome.callback) told(outcome, 'invalid_request', 'unsupported_response_type')
        else must(outcome.page.status >= 400, described(outcome))
      }
    },
  },
  {
    id: 'request/response-type-unsupported', source: 'OAuch AutomaticRedirectResponseType; RFC 6749 §4.1.2.1',
    async run(server) {
      for (const response_type of ['token', 'id_token', 'code token', 'nonsense', 'CODE']) {
        const outcome = await server.authorize({ response_type, nonce: 'n' }, look)
        const { callback, said } = outcome
        if (!callback) must(outcome.page.status >= 400, `${response_type}: ${described(outcome)}`)
        else must(said.error || /error=(unsupported_response_type|unauthorized_client|invalid_request)/.test(callback.hash), `${response_type}: no error`)
      }
    },
  },
  {
    id: 'request/scope-unknown', source: 'OAuch AutomaticRedirectInvalidScope; RFC 6749 §3.3',
    async run(server) {
      const outcome = await server.authorize({ scope: `${server.scopes.openid} nobody-has-this` })
      if (outcome.said.error) return told(outcome, 'invalid_scope')
      const { json } = await server.redeem(outcome)
      must(json.scope && !json.scope.includes('nobody-has-this'), 'a scope that does not exist was granted, or was dropped without a word')
    },
  },
  {
    id: 'request/scope-characters', source: 'RFC 6749 §3.3',
    async run(server) {
      const outcome = await server.authorize({ scope: `${server.scopes.openid} "<script>\\` }, look)
      must(outcome.callback ? outcome.said.error : outcome.page.status >= 400 || !outcome.page.text.includes('<script>\\'), described(outcome))
    },
  },
  {
    id: 'request/scope-order', source: 'OIDC Basic oidcc-ensure-other-scope-order-succeeds',
    async run(server) {
      const { id_token } = await server.tokens({ scope: server.scopes.narrow.split(' ').reverse().join(' ') })
      must(id_token, 'no ID token')
    },
  },
  {
    id: 'request/without-openid', source: 'OIDC Core §3.1.2.1; RFC 6749',
    async run(server) {
      const { id_token, access_token } = await server.tokens({ scope: server.scopes.api })
      must(access_token && !id_token, 'plain OAuth with an ID token, or without an access token')
    },
  },
  succeeds('unknown-parameter', 'OIDC Basic oidcc-ensure-request-with-unknown-parameter-succeeds; RFC 6749 §3.1', { extra: 'foobar', 'a[b]': 'c' }),
  succeeds('empty-parameter', 'RFC 6749 §3.1', { nonce: '', prompt: '', max_age: '', display: '', login_hint: '', extra: '' }),
  succeeds('display-page', 'OIDC Basic oidcc-display-page', { display: 'page' }),
  succeeds('display-popup', 'OIDC Basic oidcc-display-popup', { display: 'popup' }),
  succeeds('ui-locales', 'OIDC Basic oidcc-ui-locales', { ui_locales: 'se en-GB' }),
  succeeds('claims-locales', 'OIDC Basic oidcc-claims-locales', { claims_locales: 'se' }),
  succeeds('acr-values', 'OIDC Basic oidcc-ensure-request-with-acr-values-succeeds', { acr_values: '1 2' }),
  succeeds('login-hint', 'OIDC Basic oidcc-login-hint', { login_hint: 'ada@acme.example' }),
  succeeds('long', 'FAPI2-SP-Final (long state and nonce)', { state: 's'.repeat(512), nonce: 'n'.repeat(64) }),
  {
    id: 'request/claims', source: 'OIDC Basic oidcc-claims-essential',
    async run(server) {
      onlyIf(server.metadata.claims_parameter_supported, 'the claims parameter is not offered')
      await server.code({ claims: JSON.stringify({ userinfo: { name: { essential: true } } }) })
    },
  },
  {
    id: 'request/request-object', source: 'OIDC Basic oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported',
    async run(server) {
      const { basic: { id: client_id, redirects } } = server.clients
      const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const request = `${part({ alg: 'none' })}.${part({ client_id, redirect_uri: redirects[0], response_type: 'code', scope: 'openid', state: 'inner' })}.`
      const outcome = await server.authorize({ request }, look)
      if (!server.metadata.request_parameter_supported) told(outcome, 'request_not_supported', 'invalid_request')
    },
  },
  {
    id: 'request/request-uri', source: 'OIDC Core §3.1.2.6',
    async run(server) {
      onlyIf(!server.metadata.request_uri_parameter_supported, 'request_uri is offered')
      told(await server.authorize({ request_uri: 'https://app.example/request.jwt' }, look), 'request_uri_not_supported', 'invalid_request', 'invalid_request_uri')
    },
  },
  {
    id: 'request/repeated-parameter', source: 'OAuch SameParameterTwice; RFC 6749 §3.1',
    async run(server) {
      const twice = { state: ['a', 'b'], scope: [server.scopes.openid, server.scopes.openid], response_type: ['code', 'code'], nonce: ['a', 'a'], code_challenge: ['c'.repeat(43), 'd'.repeat(43)] }
      for (const [name, value] of Object.entries(twice)) {
        const outcome = await server.authorize({ [name]: value }, look)
        must(outcome.callback ? outcome.said.error : outcome.page.status >= 400, `${name} twice: ${described(outcome)}`)
      }
    },
  },
  {
    id: 'request/post', source: 'OIDC Basic oidcc-ensure-post-request-succeeds; OIDC Core §3.1.2.1',
    run: (server) => server.code({}, { method: 'POST' }),
  },
  {
    id: 'request/error-words', source: 'RFC 6749 §4.1.2.1',
    async run(server) {
      const { said } = await server.authorize({ prompt: 'none' }, { browser: server.browser() })
      must(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(said.error_description ?? ''), 'error_description has characters it may not')
    },
  },
]
