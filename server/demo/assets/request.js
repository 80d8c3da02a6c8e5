import { facts, find, make, shorten } from './dom.js'
import { tell } from './log.js'

/** What this page view has asked for so far. */
export const asked = { tokens: 0, sections: 0 }

/** Shows each request for a token as the browser timed it, the latest in place of the one before. */
export function watch(endpoint, proxy, changed) {
  const shows = {
    [endpoint + '/shopify/api/v1/auth/token']: exchanged,
    ...(proxy && { [location.origin + proxy + '/token']: visited }),
  }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const show = shows[entry.name] ?? (entry.name.includes('?section_id=') && rendered)
      if (!show) continue
      show(entry)
      changed(entry)
    }
  }).observe({ type: 'resource', buffered: true })
}

function exchanged(entry) {
  asked.tokens++
  show(entry, ...proof())
  tell('request', `POST …/auth/token: ${outcome(entry)}`, entry.responseEnd)
}

function visited(entry) {
  asked.tokens++
  show(entry, [`GET ${entry.name}`], 'Nothing is sent but Shopify’s own cookie. Shopify says who that is, signs it with the app’s client secret, and passes it on to the service’s /shopify/proxy/token.')
  tell('request', `GET ${new URL(entry.name).pathname}: ${outcome(entry)}`, entry.responseEnd)
}

const outcome = ({ responseStatus, duration }) => `${responseStatus || 'no answer that the page may read'}, ${Math.round(duration)} ms`

function rendered({ responseStatus, responseEnd }) {
  const good = responseStatus === 200
  if (good) asked.sections++
  tell('section', good ? 'signed anew: GET ?section_id=shapestoken' : `none: GET ?section_id=shapestoken says ${responseStatus || 'nothing'}`, responseEnd)
}

function show(entry, lines, note) {
  find('request').replaceChildren(
    make('pre', {}, make('code', {}, lines.join('\n\n'))),
    ...(note ? [make('p', { class: 'muted' }, note)] : []),
    facts([
      ['status', status(entry), 'request-status'],
      ['took', `${entry.duration.toFixed(1)} ms, with the preflight if there was one`],
      ['received', received(entry)],
    ]))
}

function status({ responseStatus: code = 'not told by this browser' }) {
  return code || 'none: no answer, or one that the browser hides from the page'
}

/** No browser tells a page what it sent, so the body is put together once more. */
function proof() {
  const { id, signature, shop, timestamp, endpoint } = document.querySelector('script[data-shapestoken]').dataset
  const body = JSON.stringify({ id, signature: shorten(signature), shop: timestamp && shop, timestamp }, null, 2)
  return [[`POST ${endpoint}/shopify/api/v1/auth/token`, body], asked.sections ? 'Signature and time were the section’s, which are newer than the page’s.' : '']
}

// Without Timing-Allow-Origin a browser tells a page no sizes of other origins.
function received({ transferSize, encodedBodySize }) {
  if (transferSize) return `${transferSize} bytes, headers included`
  return encodedBodySize ? `${encodedBodySize} bytes` : 'the browser does not say for another origin'
}

/** Says why there is no exchange to show. */
export function none(why) {
  find('request').replaceChildren(make('p', { class: 'muted' }, make('b', {}, 'None: '), why))
}
