// What a person's browser is told by the pages it is shown (RFC 9700 sections 4.12 and 4.16).
import { send } from '../http.mjs'
import { forms } from '../html.mjs'
import { described } from '../server.mjs'
import { must, same } from '../verdict.mjs'

/** The pages there are: sign in, consent, and what went wrong. */
async function pages(server) {
  const { page: login } = await server.authorize({}, { browser: server.browser(), answer: 'look' })
  const { trail } = await server.code({}, { browser: server.browser(), client: server.clients.other })
  const { page: error } = await server.authorize({ redirect_uri: 'https://evil.example/' }, { answer: 'look' })
  return { login, consent: trail.findLast(({ status }) => status === 200), error }
}

const each = (id, source, good) => ({
  id: `pages/${id}`, source,
  async run(server) {
    for (const [name, { headers }] of Object.entries(await pages(server))) must(good(headers), `the ${name} page`)
  },
})

export default [
  each('frame', 'OAuch HasFrameOptions; RFC 9700 §4.16', (h) => /^(deny|sameorigin)$/i.test(h['x-frame-options']) || /frame-ancestors '(none|self)'/.test(h['content-security-policy'])),
  each('content-security-policy', 'OAuch HasContentSecurityPolicy', (h) => /frame-ancestors/.test(h['content-security-policy'])),
  each('referrer-policy', 'OAuch ReferrerPolicyEnforced; RFC 9700 §4.2.4', (h) => /no-referrer|same-origin|strict-origin/.test(h['referrer-policy'])),
  each('no-store', 'RFC 9700 §4.2', (h) => /no-store/.test(h['cache-control'])),
  each('media-type', 'Fetch', (h) => /^text\/html; ?charset=utf-8$/i.test(h['content-type'])),
  each('no-cors', 'RFC 9700 §2.6', (h) => !h['access-control-allow-origin']),
  {
    id: 'pages/consent', source: 'OAuch RequireUserConsent',
    async run(server) {
      const { asked } = await server.code({}, { browser: server.browser(), client: server.clients.stranger })
      same(asked.join(), 'login,consent', 'asked')
    },
  },
  {
    id: 'pages/deny', source: 'RFC 6749 §4.1.2.1',
    async run(server) {
      const outcome = await server.authorize({}, { browser: server.browser(), client: server.clients.stranger, answer: 'deny' })
      must(outcome.callback, `not sent back: ${described(outcome)}`)
      same(outcome.said.error, 'access_denied', 'error')
      same(outcome.said.state, outcome.sent.state, 'state')
      same(outcome.said.iss, server.issuer, 'iss')
    },
  },
  {
    id: 'pages/no-307', source: 'RFC 9700 §4.12',
    async run(server) {
      const { trail } = await server.code({}, { browser: server.browser() })
      must(trail.every(({ status }) => ![307, 308].includes(status)), 'a redirect that sends the password on')
    },
  },
  {
    id: 'pages/cookies', source: 'OAuch; RFC 6265 §4.1.2',
    async run(server) {
      const { trail } = await server.code({}, { browser: server.browser() })
      const all = trail.flatMap(({ headers }) => headers['set-cookie'] ?? [])
      must(all.length > 0, 'no cookies')
      for (const line of all) {
        must(/; *httponly/i.test(line) && /; *samesite=(lax|strict)/i.test(line), `${line.split('=')[0]}: not HttpOnly and SameSite`)
        must(server.issuer.startsWith('http:') || /; *secure/i.test(line), `${line.split('=')[0]}: not Secure`)
      }
    },
  },
  {
    id: 'pages/new-session', source: 'OWASP ASVS 5.0 7.2.4',
    async run(server) {
      const { trail } = await server.code({}, { browser: server.browser() })
      const signedIn = trail.findIndex(({ text }, at) => at > 0 && /type="?password/.test(trail[at - 1].text) && !/type="?password/.test(text))
      must(trail.slice(signedIn).some(({ headers }) => headers['set-cookie']), 'who signs in keeps the cookie from before')
    },
  },
  {
    id: 'pages/another-browser', source: 'RFC 9700 §4.7',
    async run(server) {
      const asked = { client: server.clients.stranger, browser: server.browser(), answer: 'sign in' }
      const { page } = await server.authorize({ prompt: 'consent' }, asked)
      const [{ action, fields, buttons }] = forms(page.text, page.url)
      const allow = buttons.find(({ value }) => value === 'allow') ?? buttons[0]
      const body = new URLSearchParams([...fields, allow].filter(({ name }) => name).map(({ name, value }) => [name, value]))
      const { callback } = await server.browser().visit(action, { method: 'POST', body, site: 'same-origin', answer: 'look', stops: (to) => to.origin !== page.url.origin })
      must(!callback?.searchParams.get('code'), 'somebody else can say yes for who has signed in')
    },
  },
  {
    id: 'pages/cross-site-form', source: 'OWASP ASVS 5.0 3.5.1',
    async run(server) {
      const browser = server.browser()
      const { page } = await server.authorize({}, { browser, answer: 'look' })
      const [{ action, fields }] = forms(page.text, page.url)
      const body = new URLSearchParams(fields.map(({ name, type, value }) => [name, type === 'password' ? server.account.password : value || server.account.login]))
      const { trail } = await browser.visit(action, { method: 'POST', body, site: 'cross-site', origin: 'https://evil.example', answer: 'look', stops: () => true })
      must(trail[0].status >= 400, `another site's form was taken: ${trail[0].status}`)
    },
  },
  {
    id: 'pages/nothing-reflected', source: 'RFC 9700 §4.16; OWASP ASVS 5.0 1.2.1',
    async run(server) {
      const nasty = '"><script>alert(1)</script>'
      for (const parameters of [{ redirect_uri: `https://evil.example/${nasty}` }, { client_id: nasty }, { login_hint: nasty }, { ui_locales: nasty }, { state: nasty }, { scope: nasty }, { display: nasty }]) {
        const { page } = await server.authorize(parameters, { browser: server.browser(), answer: 'look' })
        must(!page?.text.includes('<script>alert(1)'), `${Object.keys(parameters)} stands in the page as it was sent`)
      }
    },
  },
  {
    id: 'pages/methods', source: 'RFC 6749 §3.1',
    async run({ metadata }) {
      for (const method of ['PUT', 'DELETE', 'PATCH']) must((await send(metadata.authorization_endpoint, { method })).status >= 400, `${method} is taken`)
    },
  },
]
