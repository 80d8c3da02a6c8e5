// Signing out, when a client asks for it (OpenID Connect RP-Initiated Logout 1.0).
import { described } from '../server.mjs'
import { form } from '../http.mjs'
import { must, onlyIf, same } from '../verdict.mjs'

/** Somebody who has signed in, and then follows the client's link to sign out. */
async function leave(server, parameters) {
  onlyIf(server.metadata.end_session_endpoint, 'logout is not offered')
  const browser = server.browser()
  const { id_token } = await server.tokens({}, { browser })
  const url = new URL(server.metadata.end_session_endpoint)
  url.search = form({ id_token_hint: id_token, client_id: server.clients.basic.id, ...parameters })
  const left = await browser.visit(url, { site: 'cross-site', stops: (to) => to.origin !== url.origin })
  return { browser, left }
}

/** The client names itself, or the ID token names it. */
const returns = (id, parameters) => ({
  id: `logout/${id}`, source: 'RP-Initiated Logout §2, §3',
  async run(server) {
    const { left: { callback } } = await leave(server, { post_logout_redirect_uri: server.gone, state: 'a b&c', ...parameters })
    must(callback, 'nobody was sent back')
    same(`${callback.origin}${callback.pathname}`, server.gone, 'address')
    same(callback.searchParams.get('state'), 'a b&c', 'state')
  },
})

export default [
  {
    id: 'logout/ends', source: 'RP-Initiated Logout §2',
    async run(server) {
      const { browser } = await leave(server, {})
      const outcome = await server.authorize({ prompt: 'none' }, { browser })
      same(outcome.said.error, 'login_required', described(outcome))
    },
  },
  returns('returns', {}),
  returns('returns-by-id-token', { client_id: undefined }),
  {
    id: 'logout/only-registered', source: 'RP-Initiated Logout §3',
    async run(server) {
      for (const post_logout_redirect_uri of ['https://evil.example/', `${server.gone}/`, `${server.gone}?a`, 'javascript:alert(1)']) {
        const { left } = await leave(server, { post_logout_redirect_uri })
        must(!left.callback, `sent to ${post_logout_redirect_uri}`)
      }
    },
  },
  {
    id: 'logout/asks', source: 'RP-Initiated Logout §2',
    async run(server) {
      onlyIf(server.metadata.end_session_endpoint, 'logout is not offered')
      const browser = server.browser()
      await server.code({}, { browser })
      await browser.visit(server.metadata.end_session_endpoint, { answer: 'look', site: 'cross-site' })
      const { said } = await server.authorize({ prompt: 'none' }, { browser })
      must(said.code, 'a link from anywhere signs people out, without a question')
    },
  },
]
