// Whether somebody is asked to sign in or to agree (OIDC Core section 3.1.2.1).
import { claimsOf } from '../idtoken.mjs'
import { told } from '../refusal.mjs'
import { must, same } from '../verdict.mjs'

const look = { answer: 'look' }

export default [
  {
    id: 'prompt/none-signed-out', source: 'OIDC Basic oidcc-prompt-none-not-logged-in',
    run: async (server) => told(await server.authorize({ prompt: 'none' }, { browser: server.browser() }), 'login_required', 'interaction_required'),
  },
  {
    id: 'prompt/none-signed-in', source: 'OIDC Basic oidcc-prompt-none-logged-in',
    async run(server) {
      const first = await server.tokens()
      const outcome = await server.code({ prompt: 'none' })
      const again = await server.redeem(outcome)
      same(outcome.asked.length, 0, 'forms')
      same((await claimsOf(server, again.json.id_token)).sub, (await claimsOf(server, first.id_token)).sub, 'sub')
    },
  },
  {
    id: 'prompt/none-without-consent', source: 'OIDC Core §3.1.2.6',
    async run(server) {
      const browser = server.browser()
      await server.code({}, { browser })
      told(await server.authorize({ prompt: 'none', scope: server.scopes.wide }, { browser, client: server.clients.other }), 'consent_required', 'interaction_required')
    },
  },
  {
    id: 'prompt/none-and-more', source: 'OIDC Core §3.1.2.1',
    run: async (server) => told(await server.authorize({ prompt: 'none login' }, look), 'invalid_request'),
  },
  {
    id: 'prompt/login', source: 'OIDC Basic oidcc-prompt-login',
    async run(server) {
      const before = await claimsOf(server, (await server.tokens({ max_age: 10000 })).id_token)
      await new Promise((resolve) => setTimeout(resolve, 1100))
      const { id_token, outcome } = await server.tokens({ prompt: 'login', max_age: 10000 })
      must(outcome.asked.includes('login'), 'nobody was asked to sign in')
      must((await claimsOf(server, id_token)).auth_time > before.auth_time, 'the same auth_time')
    },
  },
  {
    id: 'prompt/consent', source: 'OIDC Core §3.1.2.1; OAuch RequireUserConsent',
    async run(server) {
      await server.code()
      const { asked } = await server.code({ prompt: 'consent' })
      must(asked.includes('consent'), 'nobody was asked')
    },
  },
  {
    id: 'prompt/max-age-1', source: 'OIDC Basic oidcc-max-age-1',
    async run(server) {
      await server.code()
      await new Promise((resolve) => setTimeout(resolve, 2100))
      const asked = Date.now() / 1000
      const { id_token, outcome } = await server.tokens({ max_age: 1 })
      must(outcome.asked.includes('login'), 'nobody was asked to sign in')
      const { auth_time } = await claimsOf(server, id_token)
      must(Number.isInteger(auth_time) && auth_time >= Math.floor(asked) - 1, `auth_time ${auth_time}`)
    },
  },
  {
    id: 'prompt/max-age-10000', source: 'OIDC Basic oidcc-max-age-10000',
    async run(server) {
      const first = await claimsOf(server, (await server.tokens({ max_age: 10000 })).id_token)
      const { id_token, outcome } = await server.tokens({ max_age: 10000 })
      must(!outcome.asked.includes('login'), 'asked to sign in again')
      same((await claimsOf(server, id_token)).auth_time, first.auth_time, 'auth_time')
    },
  },
  {
    id: 'prompt/max-age-wrong', source: 'OIDC Core §3.1.2.1',
    async run(server) {
      for (const max_age of ['-1', 'soon']) told(await server.authorize({ max_age }, look), 'invalid_request')
    },
  },
  {
    id: 'prompt/id-token-hint', source: 'OIDC Basic oidcc-id-token-hint',
    async run(server) {
      const { id_token: id_token_hint } = await server.tokens()
      const { asked } = await server.code({ prompt: 'none', id_token_hint })
      same(asked.length, 0, 'forms')
    },
  },
]
