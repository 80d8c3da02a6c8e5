// A person's browser without scripts: cookies, redirects, forms. It sends the headers a real one does.
import { send } from './http.mjs'
import { forms, links, refresh } from './html.mjs'

const deny = /^(deny|no|cancel|abort|reject)\b|\b(cancel|deny)\b/i

export class Browser {
  #cookies = new Map()

  constructor(account) {
    this.account = account // {login, password}
  }

  /**
   * Goes to an address and answers every form until a redirect, or a page that goes on by itself, leads to where stops()
   * says, or nothing is left to answer. It returns {callback} or {page}, the pages that asked in `asked`, and all answers in
   * `trail`. With answer 'deny' it signs in and then refuses, with 'sign in' it does no more than that, and with 'look' it
   * answers no form.
   */
  async visit(url, { answer = 'allow', stops = () => false, ...first } = {}) {
    const journey = { asked: [], trail: [] }
    let step = { url: new URL(url), site: 'none', ...first }
    for (let steps = 0; steps < 20; steps++) {
      const page = await this.#ask(step)
      journey.trail.push(page)
      const onwards = page.location ?? (page.status === 200 ? refresh(page.text, page.url) : undefined)
      if (onwards) {
        if (stops(onwards)) return { ...journey, callback: onwards }
        step = this.#follow(step, page, onwards)
      } else {
        step = answer === 'look' || page.status !== 200 ? undefined : this.#answer(page, answer, journey.asked)
        if (!step) return { ...journey, page }
      }
    }
    throw new Error(`no end after 20 steps: ${journey.trail.map(({ status, url: { pathname } }) => `${status} ${pathname}`).join(', ')}`)
  }

  /** As fetch does it: after 303, and after 301 and 302 to a POST, the next one is a GET. */
  #follow({ method = 'GET', body, url }, { status }, onwards) {
    const again = status >= 307 || method === 'GET' || method === 'HEAD'
    return { url: onwards, site: url.origin === onwards.origin ? 'same-origin' : 'cross-site', ...(again ? { method, body } : {}) }
  }

  async #ask({ url, method = 'GET', body, site, origin }) {
    const page = await send(url, { method, body, headers: {
      Accept: 'text/html,application/xhtml+xml', 'Accept-Language': 'en', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-User': '?1',
      'Sec-Fetch-Site': site, ...this.#cookie(url), ...(method === 'GET' ? {} : { Origin: origin ?? url.origin }),
    } })
    for (const line of page.headers['set-cookie'] ?? []) this.#keep(line, url)
    return page
  }

  #answer(page, how, asked) {
    const first = question(forms(page.text, page.url))
    const hidden = first?.fields.find(({ type }) => type === 'password')
    if (!first || how === 'sign in' && !hidden) return undefined
    asked.push(hidden ? 'login' : 'consent')
    if (asked.length > 6) return undefined // it was not the right answer
    if (hidden) {
      const before = first.fields.slice(0, first.fields.indexOf(hidden)).findLast(({ type }) => /^(text|email)$/.test(type))
      if (before) before.value = this.account.login
      hidden.value = this.account.password
    } else if (how === 'deny' && !first.buttons.some(refuses)) {
      const way = links(page.text, page.url).find(({ text }) => deny.test(text))
      return way && { url: way.href, site: 'same-origin' }
    }
    return this.#submit(page, first, choose(first.buttons, hidden ? 'allow' : how))
  }

  #submit(page, { method, action, fields }, button) {
    const body = new URLSearchParams(named([...fields, ...(button ? [button] : [])]))
    // A page that asks for no referrer gets its own forms' origin sent as null (Fetch, "append a request Origin header").
    const origin = page.headers['referrer-policy'] === 'no-referrer' ? 'null' : page.url.origin
    const site = page.url.origin === action.origin ? 'same-origin' : 'cross-site'
    if (method === 'POST') return { url: action, method, body, site, origin }
    return { url: new URL(`?${body}`, action), site }
  }

  #keep(line, { hostname }) {
    const [pair, ...rest] = line.split(/;\s*/)
    const at = pair.indexOf('=')
    const told = Object.fromEntries(rest.map((one) => [one.split('=')[0].toLowerCase(), one.slice(one.indexOf('=') + 1)]))
    const cookie = { name: pair.slice(0, at), value: pair.slice(at + 1), path: told.path ?? '/', hostname }
    const key = `${cookie.name} ${cookie.path} ${hostname}`
    const over = told['max-age'] !== undefined ? Number(told['max-age']) <= 0 : new Date(told.expires ?? '9999-01-01') <= new Date()
    if (over) this.#cookies.delete(key)
    else this.#cookies.set(key, cookie)
  }

  #cookie({ hostname, pathname }) {
    const sent = [...this.#cookies.values()].filter((c) => c.hostname === hostname && below(pathname, c.path))
    return sent.length ? { Cookie: sent.map(({ name, value }) => `${name}=${value}`).join('; ') } : {}
  }
}

const below = (path, folder) => path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)

/** The form a page is about: some have one beside, to sign out or to change the language. */
const question = (all) => all.find(secret) ?? all.find(({ buttons }) => buttons.some(({ value }) => value === 'allow')) ?? all[0]

const secret = ({ fields }) => fields.some(({ type }) => type === 'password')

const refuses = ({ value, text }) => deny.test(value) || deny.test(text)

function choose(buttons, how) {
  if (how === 'deny') return buttons.find(refuses)
  return buttons.find(({ value }) => value === 'allow') ?? buttons.find((button) => !refuses(button)) ?? buttons[0]
}

const named = (fields) => fields.filter(({ name }) => name).map(({ name, value }) => [name, value])
