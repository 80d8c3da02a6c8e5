// Proof key for code exchange (RFC 7636), which no client may be talked out of (RFC 9700 section 2.1.1).
import { notGrant, refused } from '../refusal.mjs'
import { challengeOf, described } from '../server.mjs'
import { must, same } from '../verdict.mjs'

const names = ['public', 'basic']

/** The question is refused: back at the client with an error, or on a page. */
const asked = (id, source, parameters, who = names) => ({
  id: `pkce/${id}`, source,
  async run(server) {
    for (const name of who) {
      const outcome = await server.authorize(parameters, { client: server.clients[name], answer: 'look' })
      must(outcome.callback ? outcome.said.error : outcome.page.status >= 400, `${name}: ${described(outcome)}`)
    }
  },
})

/** The redemption is refused; its verifier is made from the right one. */
const redeemed = (id, source, verifier) => ({
  id: `pkce/${id}`, source,
  async run(server) {
    for (const name of names) {
      const outcome = await server.code({}, { client: server.clients[name] })
      for (const code_verifier of [verifier(outcome)].flat()) refused(await server.redeem(outcome, { code_verifier }), notGrant, name)
    }
  },
})

/** A verifier that is not well formed is refused although its challenge is right. */
const malformed = (id, source, code_verifier) => ({
  id: `pkce/${id}`, source,
  async run(server) {
    const outcome = await server.authorize({ code_challenge: challengeOf(code_verifier) })
    must(outcome.said.code, described(outcome))
    refused(await server.redeem(outcome, { code_verifier }), notGrant)
  },
})

export default [
  {
    id: 'pkce/s256', source: 'OAuch; OIDC Basic oidcc-ensure-request-with-valid-pkce-succeeds',
    async run(server) {
      for (const name of names) same((await server.redeem(await server.code({}, { client: server.clients[name] }))).status, 200, name)
    },
  },
  asked('required', 'OAuch; RFC 9700 §2.1.1', { code_challenge: undefined, code_challenge_method: undefined }, ['public']),
  asked('plain', 'OAuch; RFC 9700 §2.1.1', { code_challenge_method: 'plain' }),
  asked('method-missing', 'OAuch; RFC 7636 §4.3', { code_challenge_method: undefined }),
  asked('method-unknown', 'RFC 7636 §4.4.1', { code_challenge_method: 'S512' }),
  asked('method-alone', 'RFC 7636 §4.3', { code_challenge: undefined }),
  asked('challenge-short', 'RFC 7636 §4.2', { code_challenge: 'x'.repeat(42) }),
  asked('challenge-characters', 'RFC 7636 §4.2', { code_challenge: `${'x'.repeat(42)}+` }),
  redeemed('verifier-missing', 'OAuch; RFC 7636 §4.6', () => undefined),
  redeemed('verifier-wrong', 'OAuch; RFC 7636 §4.6', ({ verifier }) => ['x'.repeat(43), verifier.slice(0, -1) + (verifier.endsWith('A') ? 'Q' : 'A')]),
  redeemed('verifier-is-challenge', 'OAuch; RFC 9700 §4.8.2', ({ sent }) => sent.code_challenge),
  malformed('verifier-short', 'OAuch; RFC 7636 §4.1', 'x'.repeat(42)),
  malformed('verifier-long', 'RFC 7636 §4.1', 'x'.repeat(129)),
  malformed('verifier-characters', 'RFC 7636 §4.1', `${'x'.repeat(50)} +/=`),
  {
    id: 'pkce/longest-verifier', source: 'RFC 7636 §4.1',
    async run(server) {
      const code_verifier = 'Az09-._~'.repeat(16)
      const outcome = await server.code({ code_challenge: challengeOf(code_verifier) })
      same((await server.redeem(outcome, { code_verifier })).status, 200, 'status')
    },
  },
  {
    id: 'pkce/verifier-without-challenge', source: 'OAuch; RFC 9700 §2.1.1 (downgrade)',
    async run(server) {
      const outcome = await server.code({ code_challenge: undefined, code_challenge_method: undefined })
      refused(await server.redeem(outcome), notGrant)
    },
  },
  {
    id: 'pkce/confidential-without', source: 'OIDC Basic oidcc-server; contract of Omnisend',
    async run(server) {
      const outcome = await server.code({ code_challenge: undefined, code_challenge_method: undefined })
      same((await server.redeem(outcome, { code_verifier: undefined })).status, 200, 'status')
    },
  },
]
