import { facts, find } from './dom.js'
import { clock, left, now as served, renewal } from './life.js'
import { asked } from './request.js'
import { elsewhere } from './tabs.js'

/** What the panel knows of this page view, for the facts below. */
export const known = { payload: null, since: 0, took: 0 }

const plural = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`
const date = (seconds) => new Date(seconds * 1000).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })

const rows = {
  token: ['token', () => (known.payload ? left(known.payload) : 'none yet')],
  renewal: ['renewed', () => (known.payload ? renewal(known.payload) : 'once there is one')],
  requests: ['requests', () => `${asked.tokens} ${find('outcome').dataset.outcome ? 'by this page view' : 'answered so far'}`],
  others: ['other tabs', () => elsewhere().map((n) => `open, made ${plural(n, 'request')}`).join('; ') || 'none is open'],
  kept: ['kept', () => ({ browser: 'in the browser', memory: 'in the memory of this page' })[find('kept').dataset.kept] ?? 'nothing yet'],
  device: ['this device', () => date(Date.now() / 1000)],
  service: ['the service', () => date(served())],
  waited: ['waited', () => `${((known.took || performance.now() - known.since) / 1000).toFixed(1)} s`],
  consent: ['preferences', () => (consented() ? 'allowed' : 'not allowed')],
  signed: ['page signed', () => `${clock(served() - signedAt())} minutes ago`],
  section: ['signed anew', () => (asked.sections ? `${plural(asked.sections, 'time')}, by the section` : proxied() ? 'no: the app proxy had a token' : 'not yet')],
}

const shows = {
  refresh: ['token', 'renewal', 'requests'],
  'two-tabs': ['requests', 'others', 'token'],
  'storage-blocked': ['kept', 'requests'],
  'clock-ahead': ['device', 'service', 'requests'],
  'clock-behind': ['device', 'service', 'requests'],
  'slow-network': ['waited', 'requests'],
  consent: ['consent', 'kept', 'requests'],
  'old-page': ['signed', 'section', 'requests'],
}

const signedAt = () => Number(document.querySelector('script[data-shapestoken]').dataset.timestamp)
const proxied = () => document.body.dataset.proxy && asked.tokens
const consented = () => Boolean(window.Shopify?.customerPrivacy?.preferencesProcessingAllowed())

/** Puts the facts of the trial into the panel, if there is one. */
export function prepare() {
  find('live')?.append(facts(shown().map((name) => [rows[name][0], '', `live-${name}`])))
}

/** Brings the facts up to date. */
export function refresh() {
  for (const name of shown()) {
    const text = rows[name][1]()
    if (find(`live-${name}`).textContent !== text) find(`live-${name}`).textContent = text
  }
  if (find('allow')) [find('allow').hidden, find('withdraw').hidden] = [consented(), !consented()]
}

const shown = () => shows[find('live')?.dataset.live] ?? []
