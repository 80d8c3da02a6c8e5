// Where a server sends nobody (RFC 6749 section 3.1.2, RFC 9700 section 2.1): one refusal that is a page, never a redirect.
import { must, onlyIf } from '../verdict.mjs'
import { described } from '../server.mjs'

/** The answer is a page that says no; a login page would be a promise to redirect later. */
function refused(outcome, what) {
  must(!outcome.callback, `${what}: redirected`)
  must(outcome.page.status >= 400, `${what}: ${described(outcome)}`)
}

const look = { answer: 'look' }

/** Every one of these addresses is refused, for a client that registered https://app.example/callback. */
const never = (id, source, ...addresses) => ({
  id: `redirect/${id}`, source,
  async run(server) {
    for (const redirect_uri of addresses) refused(await server.authorize({ redirect_uri }, look), JSON.stringify(redirect_uri))
  },
})

export default [
  never('unregistered', 'OAuch InvalidRedirect; OIDC Basic oidcc-ensure-registered-redirect-uri', 'https://evil.example/callback', 'https://other.example/callback'),
  never('path', 'OAuch RedirectUriPathMatched', 'https://app.example/callback/', 'https://app.example/callback/more', 'https://app.example/', 'https://app.example',
    'https://app.example/Callback', 'https://app.example//callback', 'https://app.example/x/../callback', 'https://app.example/callback;x', 'https://app.example/callbac'),
  never('query', 'OAuch RedirectUriFullyMatched', 'https://app.example/callback?', 'https://app.example/callback?a=b', 'https://app.example/callback?code=x'),
  never('fragment', 'OAuch FragmentFix; RFC 6749 §3.1.2', 'https://app.example/callback#', 'https://app.example/callback#a', 'https://evil.example/#https://app.example/callback'),
  never('userinfo', 'OAuch RedirectUriConfusion', 'https://app.example@evil.example/callback', 'https://ada@app.example/callback', 'https://app.example:x@evil.example/callback',
    'https://evil.example\\@app.example/callback', 'https://app.example\\.evil.example/callback', 'https://@app.example/callback'),
  never('host', 'OAuch RedirectUriConfusion', 'https://app.example.evil.example/callback', 'https://evil-app.example/callback', 'https://sub.app.example/callback',
    'https://app.example./callback', 'https://APP.example/callback', 'https://app.examplé/callback'),
  never('scheme', 'RFC 9700 §2.1', 'http://app.example/callback', 'javascript:alert(1)//app.example/callback', '//app.example/callback', '/callback', 'data:text/html,x', 'HTTPS://app.example/callback'),
  never('port', 'RFC 9700 §2.1', 'https://app.example:443/callback', 'https://app.example:8443/callback', 'https://app.example:/callback'),
  never('encoding', 'OAuch RedirectUriConfusion', 'https://app.example/%63allback', 'https://app.example/callback%2f', 'https://app.example/callback%00', 'https://app.example/callback%0d%0aLocation:x',
    'https://app.example%2fcallback', 'https://app%2eexample/callback'),
  never('characters', 'OAuch RedirectUriConfusion', ' https://app.example/callback', 'https://app.example/callback ', 'https://app.example/call\tback', 'https://app.example/callback\r\nX: y', 'https:/app.example/callback',
    'https:\\\\app.example/callback', 'https://app.example/callback\0'),
  never('repeated', 'OAuch RedirectUriConfusion, SameParameterTwice', ['https://app.example/callback', 'https://evil.example/'], ['https://evil.example/', 'https://app.example/callback'],
    ['https://app.example/callback', 'https://app.example/callback']),
  never('joined', 'OAuch RedirectUriConfusion', 'https://app.example/callback https://evil.example/', 'https://app.example/callback,https://evil.example/'),
  never('required', 'OAuch RedirectUriRequired; OIDC Core §3.1.2.1', undefined, ''),
  {
    id: 'redirect/of-another-client', source: 'OAuch InvalidRedirect',
    run: async (server) => refused(await server.authorize({ redirect_uri: server.clients.other.redirects[0] }, look), 'another client\'s'),
  },
  {
    id: 'redirect/unknown-client', source: 'RFC 6749 §4.1.2.1',
    async run(server) {
      for (const client_id of ['nobody', '', undefined, `${server.clients.basic.id}x`, [server.clients.basic.id, server.clients.other.id]]) {
        refused(await server.authorize({ client_id }, look), `client_id ${JSON.stringify(client_id)}`)
      }
    },
  },
  {
    id: 'redirect/second-registered', source: 'RFC 6749 §3.1.2.3',
    async run(server) {
      const [, redirect_uri] = server.clients.basic.redirects
      const { callback } = await server.code({ redirect_uri })
      must(callback.href.startsWith(`${redirect_uri}?`), `sent to ${callback.origin}${callback.pathname}`)
    },
  },
  {
    id: 'redirect/loopback-port', source: 'RFC 8252 §7.3',
    async run(server) {
      const { loopback: client } = server.clients
      onlyIf(client, 'no client has a loopback address')
      const { callback } = await server.code({ redirect_uri: client.redirects[0].replace('127.0.0.1', '127.0.0.1:51999') }, { client })
      must(callback.port === '51999', 'another port')
      refused(await server.authorize({ redirect_uri: 'http://127.0.0.1:51999/elsewhere' }, { client, ...look }), 'another path')
      refused(await server.authorize({ redirect_uri: 'http://127.0.0.1.evil.example:51999/callback' }, { client, ...look }), 'another host')
    },
  },
]
