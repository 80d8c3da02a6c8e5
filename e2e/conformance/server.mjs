// Any OpenID provider, told by a description: how to ask it what the cases ask. The description is
//   issuer, account {login, password},
//   clients {basic, post, other, public, stranger, signed, loopback}: each {id, method, secret or key, redirects}, and
//     for the tests of other people's clients site and page,
//   scopes {openid, wide, narrow, api}: without offline_access; narrow is part of wide, api has no openid,
//   gone: where client basic may have people sent who have signed out,
//   back: how many refreshes make a refresh token old; a server that repeats itself for a while has 2.
import { createHash, randomBytes } from 'node:crypto'
import { Browser } from './browser.mjs'
import { credentials } from './credentials.mjs'
import { form, send } from './http.mjs'
import { must } from './verdict.mjs'

const random = () => randomBytes(32).toString('base64url')

export const challengeOf = (verifier) => createHash('sha256').update(verifier).digest('base64url')

export class Server {
  static async open(description) {
    const server = Object.assign(new Server(), description)
    server.metadata = (await send(`${server.issuer}/.well-known/openid-configuration`)).json
    server.person = server.browser()
    return server
  }

  /** A browser nobody has signed in with. Cases share server.person, who signs in when asked. */
  browser() {
    return new Browser(this.account)
  }

  /**
   * Asks for a code as a client. A parameter that is undefined is not sent. The outcome has {callback, said} or {page},
   * besides what was sent: {sent, verifier, client}.
   */
  async authorize(parameters = {}, { client = this.clients.basic, browser = this.person, method = 'GET', ...how } = {}) {
    const verifier = random()
    const sent = {
      client_id: client.id, redirect_uri: client.redirects[0], response_type: 'code', scope: this.scopes.openid, state: random(),
      code_challenge: challengeOf(verifier), code_challenge_method: 'S256', ...parameters,
    }
    const url = new URL(this.metadata.authorization_endpoint)
    const body = method === 'POST' ? form(sent) : undefined
    if (!body) url.search = `${form(sent)}`
    const outcome = await browser.visit(url, { method, body, site: 'cross-site', origin: 'null', stops: (to) => to.origin !== url.origin, ...how })
    return { ...outcome, said: Object.fromEntries(outcome.callback?.searchParams ?? []), sent, verifier, client }
  }

  /** An authorization that must end in a code. */
  async code(parameters, how) {
    const outcome = await this.authorize(parameters, how)
    must(outcome.said.code, `no code: ${described(outcome)}`)
    return outcome
  }

  /** Asks the token endpoint as a client; with client null as nobody. */
  async token(parameters, client = this.clients.basic, { headers, ...how } = {}) {
    const shown = client ? await credentials(client, this) : {}
    return send(this.metadata.token_endpoint, { method: 'POST', headers: { ...shown.headers, ...headers }, body: form({ ...shown.body, ...parameters }), ...how })
  }

  /** What is sent to redeem a code. */
  redemption({ said, sent, verifier }, parameters = {}) {
    return { grant_type: 'authorization_code', code: said.code, redirect_uri: sent.redirect_uri, code_verifier: verifier, ...parameters }
  }

  redeem(outcome, parameters, client = outcome.client) {
    return this.token(this.redemption(outcome, parameters), client)
  }

  /** The whole way to tokens: the body of the answer, and who got it. */
  async tokens(parameters, how) {
    const outcome = await this.code(parameters, how)
    const answer = await this.redeem(outcome)
    must(answer.status === 200, `no tokens: ${described({ page: answer })}`)
    return { ...answer.json, outcome, answer, client: outcome.client }
  }

  refresh(token, parameters, client) {
    return this.token({ grant_type: 'refresh_token', refresh_token: token, ...parameters }, client)
  }

  async #about(endpoint, token, parameters, client) {
    const shown = client ? await credentials(client, this) : {}
    return send(endpoint, { method: 'POST', headers: shown.headers, body: form({ token, ...shown.body, ...parameters }) })
  }

  introspect(token, parameters = {}, client = this.clients.basic) {
    return this.#about(this.metadata.introspection_endpoint, token, parameters, client)
  }

  revoke(token, parameters = {}, client = this.clients.basic) {
    return this.#about(this.metadata.revocation_endpoint, token, parameters, client)
  }

  userinfo(token, { method = 'GET', headers, body } = {}) {
    return send(this.metadata.userinfo_endpoint, { method, headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...headers }, body })
  }

  /** Whether an access token with openid counts, or comes to: several servers may need a moment to agree. */
  async counts(access, want) {
    for (let tries = 0; ; tries++) {
      const counts = (await this.userinfo(access)).status === 200
      if (counts === want || tries === 20) return counts
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** What came instead, without anything secret. */
export function described({ callback, said, page }) {
  if (callback) return `error ${said.error ?? 'none'}${said.error_description ? ` (${said.error_description})` : ''}`
  const { error, error_description: why } = page.json ?? {}
  return `status ${page.status}${error ? `, error ${error} (${why})` : ` at ${page.url.pathname.split('/')[1]}`}`
}
