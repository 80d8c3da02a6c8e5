import { facts, find, make, shorten } from './dom.js'
import { tell } from './log.js'

/** What this page view has asked for so far. */
export const asked = { tokens: 0, sections: 0 }

/** Shows each exchange as the browser timed it, the latest in place of the one before. */
export function watch(endpoint, changed) {
  const url = endpoint + '/shopify/api/v1/auth/token'
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.name === url) exchanged(entry)
      else if (entry.name.includes('?section_id=')) rendered(entry)
      else continue
      changed(entry)
    }
  }).observe({ type: 'resource', buffered: true })
}

function exchanged(entry) {
  asked.tokens++
  show(entry)
  tell('request', `POST …/auth/token: ${entry.responseStatus || 'no answer that the page may read'}, ${Math.round(entry.duration)} ms`, entry.responseEnd)
}

function rendered({ responseStatus, responseEnd }) {
  const good = responseStatus === 200
  if (good) asked.sections++
  tell('section', good ? 'signed anew: GET ?section_id=shapestoken' : `none: GET ?section_id=shapestoken says ${responseStatus || 'nothing'}`, responseEnd)
}

function show(entry) {
  const body = sent()
  const shown = JSON.stringify(body, (name, value) => (name === 'signature' ? shorten(value) : value), 2)
  find('request').replaceChildren(
    make('pre', {}, make('code', {}, `POST ${entry.name}\n\n${shown}`)),
    ...(asked.sections ? [make('p', { class: 'muted' }, 'Signature and time were the section’s, which are newer than the page’s.')] : []),
    facts([
      ['status', status(entry), 'request-status'],
      ['took', `${entry.duration.toFixed(1)} ms, with the preflight if there was one`],
      ['body', `${JSON.stringify(body).length} bytes`],
      ['received', received(entry)],
    ]))
}

function status({ responseStatus: code = 'not told by this browser' }) {
  return code || 'none: no answer, or one that the browser hides from the page'
}

/** No browser tells a page what it sent, so the body is put together once more. */
function sent() {
  const { id, signature, shop, timestamp } = document.querySelector('script[data-shapestoken]').dataset
  return { id, signature, shop: timestamp && shop, timestamp }
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
