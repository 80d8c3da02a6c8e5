// Drives the panel. It stands before the snippet, so that it sees what was
// stored before the snippet's script does anything.
import { facts, find, make } from './dom.js'
import { empty, keep } from './kept.js'
import { none, watch } from './request.js'

const { state, customer, endpoint, break: broken } = document.body.dataset
const key = `shapes:omneo:shapestoken:${customer}`
const stored = state === 'customer' && found()

/** Browsers may forbid any touch of localStorage. */
function found() {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Asks for the token as any script of the theme would, and tells what came of it. */
async function ask(afresh) {
  find('error')?.remove()
  if (!window.shapestoken) return failed({ message: 'The snippet’s script did not load; the browser’s console says why.' })
  try {
    if (afresh) shapestoken.clear()
    const token = await shapestoken.token()
    if (token) arrived(token)
    else nobody()
  } catch (error) {
    failed(error)
  }
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

function arrived(token) {
  const warm = token === stored
  keep(key, token)
  if (warm) none('token was stored. The next one is fetched when this one’s time is nearly up.')
  perk('token', 'You collect 34 points with this mug.')
  settle('token', warm ? 'The stored token is still good' : 'A token arrived',
    warm ? 'Nobody was asked: the page found it in the browser.' : 'The service checked the signature and answered with a signed IDToken.')
}

function nobody() {
  none('nobody is logged in, so no call was made.')
  empty('Nothing for a guest. What a customer before you left here was removed.')
  settle('guest', 'A guest: no call was made', 'shapestoken.token() resolves to null. Log in above to see it work.')
}

function failed(error) {
  const { code = 'script', message, reason, requestId, status } = error
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
  empty('Nothing: without an answer there is nothing to keep.')
  if (code === 'config') none('what the snippet wrote cannot work, so no call was made.')
  perk('error', 'Points cannot be shown right now. Everything else in the shop works.')
}

/** A fault would go unnoticed while a good token is stored. */
function start() {
  const away = Boolean(broken && stored)
  if (away) find('put-away').hidden = false
  ask(away)
}

/** Copies the token, or the text of what the button names. A token is never put into the page itself. */
async function copy(button) {
  const { dataset } = button
  dataset.label ??= button.textContent
  try {
    await navigator.clipboard.writeText(dataset.copy ? find(dataset.copy).textContent : shapestoken.peek() ?? '')
    button.textContent = 'Copied'
  } catch {
    button.textContent = 'Not allowed'
  }
  setTimeout(() => (button.textContent = dataset.label), 1500)
}

document.addEventListener('click', ({ target }) => {
  if (target.matches('[data-copy], #copy-token')) copy(target)
  if (target.id === 'again') ask(true)
})
watch(endpoint)
document.addEventListener('DOMContentLoaded', start)
// A page from the back/forward cache tells of a time when other things were stored.
addEventListener('pageshow', (event) => event.persisted && ask(Boolean(broken)))
