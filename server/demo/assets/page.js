// Drives the panel. It stands before the snippet, so that it sees what was
// stored before the snippet's script does anything.
import { copy } from './copy.js'
import { facts, find } from './dom.js'
import * as kept from './kept.js'
import * as live from './live.js'
import { overhear, tell } from './log.js'
import { asked, none, watch } from './request.js'
import { read, remove, swap } from './storage.js'
import { count, meet } from './tabs.js'
import { decode } from './token.js'

const { state, customer, endpoint, proxy, break: broken, try: trial } = document.body.dataset
const key = `shapes:omneo:shapestoken:${customer}`
const stored = state === 'customer' && read(key)
const signed = document.querySelector('script[data-shapestoken]')?.dataset.signature
let shown // the token that the panel tells of
let foreign // the token that another tab has stored

/** Asks for the token as any script of the theme would, and tells what came of it. */
async function ask(request) {
  find('error')?.remove()
  settle('', 'Waiting for the token…', '')
  Object.assign(live.known, { since: performance.now(), took: 0 })
  try {
    const token = await shapestoken.token(request)
    if (token) arrived(token, ...how(token))
    else if (proxy) guest(await shapestoken.anonymous(request))
    else nobody()
  } catch (error) {
    failed(error)
  }
  live.known.took = performance.now() - live.known.since
  refresh()
}

function settle(outcome, verdict, explained, { code = '', reason = '' } = {}) {
  find('verdict').textContent = verdict
  find('explained').textContent = explained
  Object.assign(find('outcome').dataset, { outcome, code, reason })
}

function perk(kind, text) {
  find('perk').dataset.perk = kind
  find('perk-text').textContent = text
}

/** Where a token came from. */
function how(token) {
  if (token === foreign) return ['Another tab fetched the token', 'It is stored for all tabs, so this one made no request of its own.']
  if (token === stored) return ['The stored token is still good', 'Nobody was asked: the page found it in the browser.']
  return ['A token arrived', `The service checked ${signed ? 'the signature' : 'what Shopify said'} and answered with a signed IDToken.`]
}

function arrived(token, verdict, explained) {
  find('error')?.remove()
  shown = token
  live.known.payload = decode(token).payload
  kept.keep(key, token)
  if (!asked.tokens && token === stored) none('the token was stored. The next one is fetched when this one’s time is nearly up.')
  if (!asked.tokens && token === foreign) none('another tab has asked.')
  perk('token', 'You collect 34 points with this mug.')
  settle('token', verdict, explained)
}

function nobody() {
  none('nobody is logged in, so no call was made.')
  kept.empty('Nothing for a guest. What a customer before you left here was removed.')
  settle('guest', 'A guest: no call was made', 'shapestoken.token() resolves to null. Log in above to see it work.')
}

/** A guest's token, by the app proxy. Here a script asks for it; nobody else does. */
function guest(token) {
  if (!token) return nobody()
  kept.keep('a key in localStorage', token)
  settle('guest', 'A guest: an anonymous token arrived', 'shapestoken.token() resolves to null, and shapestoken.anonymous() to a token that names the shop and nobody.')
}

function failed(error) {
  const { code = 'script', reason, requestId, status } = error
  const message = window.shapestoken ? error.message : 'The snippet’s script did not load; the browser’s console says why.'
  settle('error', 'No token. This is what a theme developer sees:', '', { code, reason })
  const list = facts([
    ['code', code, 'error-code'],
    ['reason', reason ?? 'none', 'error-reason'],
    ['message', message, 'error-message'],
    ['status', status ?? 'none: no answer that the page may read', 'error-status'],
    ['request id', requestId ?? 'none', 'error-request'],
  ])
  list.id = 'error'
  find('outcome').append(list)
  if (!window.shapestoken?.peek()) kept.empty('Nothing: without an answer there is nothing to keep.')
  if (code === 'config') none('what the snippet wrote cannot work, so no call was made.')
  perk('error', 'Points cannot be shown right now. Everything else in the shop works.')
}

/** Another tab has seen the customer go. This page was rendered before. */
function cleared() {
  shown = live.known.payload = null
  kept.empty('Nothing any more: it went when the customer did.')
  perk('guest', 'Log in to collect 34 points with this mug.')
  settle('cleared', read('shapestoken:id') ? 'Another customer took over in another tab' : 'Logged out in another tab',
    'The token is gone here too, and shapestoken.token() resolves to null. Only this page still shows the customer; its next view will not.')
}

/** A token that nobody on this page has asked for: renewed by the script, or stored by another tab. */
function unasked(verdict, explained) {
  const token = window.shapestoken?.peek()
  if (token && token !== shown && find('outcome').dataset.outcome) arrived(token, verdict, explained)
}

/** Tells the script's events as they happen. */
function listen() {
  document.addEventListener('shapes:token', ({ detail: { expiry, persistent } }) => {
    tell('token', `good until ${new Date(expiry * 1000).toLocaleTimeString()}, ${persistent ? 'persistent' : 'in memory'}`)
    unasked('The token was renewed', 'In time and by itself: nobody who asks for it has to wait.')
  })
  document.addEventListener('shapes:error', ({ detail: { code, retryable } }) => tell('error', retryable ? `${code}, which may pass` : code))
  document.addEventListener('shapes:cleared', () => {
    tell('cleared', 'the customer’s tokens are gone')
    cleared()
  })
  document.addEventListener('visibilitychange', () => tell('looks', document.hidden ? 'nobody looks: nothing is fetched' : 'somebody looks again'))
  addEventListener('storage', ({ key: name, newValue }) => {
    if (name !== key || !newValue) return
    foreign = newValue
    tell('storage', 'another tab has stored a token')
    unasked(...how(newValue))
  })
}

function refresh() {
  kept.refresh()
  live.refresh()
}

/** A fault, an old page or another endpoint would go unnoticed while a good token is stored. */
function putAway() {
  const here = endpoint + proxy
  const before = swap('demo:endpoint', here) ?? here
  if (!stored || !(broken || trial === 'old-page' || before !== here)) return
  remove(key)
  if (find('put-away')) find('put-away').hidden = false
}

/** The script has had an answer, or none. */
function requested({ responseStatus }) {
  count(asked.tokens)
  if (!find('outcome').dataset.outcome && responseStatus !== 200) find('explained').textContent = `No token from request ${asked.tokens}. The script tries up to four times.`
  refresh()
}

document.addEventListener('click', ({ target }) => {
  if (target.matches('[data-copy], #copy-token')) copy(target)
  if (target.matches('#again, [data-again]')) ask({ fresh: true })
  if (target.id === 'reload') location.reload()
  if (target.matches('#allow, #withdraw')) {
    Shopify.customerPrivacy.setTrackingConsent({ preferences: target.id === 'allow' }, refresh)
  }
})
putAway()
overhear()
listen()
live.prepare()
watch(endpoint, proxy, requested)
meet(refresh)
setInterval(refresh, 250)
document.addEventListener('DOMContentLoaded', () => ask())
// A page from the back/forward cache tells of a time when other things were stored.
addEventListener('pageshow', (event) => event.persisted && ask({ fresh: Boolean(broken) }))
