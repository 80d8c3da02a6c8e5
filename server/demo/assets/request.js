import { facts, find, make } from './dom.js'

/** Shows each exchange as the browser timed it, the latest in place of the one before. */
export function watch(endpoint) {
  const url = endpoint + '/shopify/api/v1/auth/token'
  new PerformanceObserver((list) => {
    const entry = list.getEntriesByName(url).at(-1)
    if (entry) show(entry)
  }).observe({ type: 'resource', buffered: true })
}

function show(entry) {
  find('request').replaceChildren(facts([
    ['request', make('code', {}, `POST ${entry.name}`)],
    ['status', status(entry)],
    ['took', `${entry.duration.toFixed(1)} ms, its preflight included`],
    ['size', size(entry)],
  ]))
}

function status({ responseStatus: code = 'not told by this browser' }) {
  return code || 'none: no answer, or one that the browser hides from the page'
}

// Without Timing-Allow-Origin a browser tells a page little about other origins.
function size({ transferSize, encodedBodySize }) {
  if (transferSize) return `${transferSize} bytes, headers included`
  return encodedBodySize ? `${encodedBodySize} bytes` : 'not told to pages of other origins'
}

/** Says why there is no exchange to show. */
export function none(why) {
  find('request').replaceChildren(make('p', { class: 'muted' }, make('b', {}, 'None: '), why))
}
