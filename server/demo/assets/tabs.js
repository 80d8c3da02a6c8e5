// Tells the demo's tabs of each other. Only the panel needs that: the snippet's
// script shares through what is stored.
const channel = new BroadcastChannel('shapestoken-demo')
const me = crypto.randomUUID()
const others = new Map() // tab to its number of requests
let mine = 0

/** Calls back whenever the other tabs are not what they were. */
export function meet(changed) {
  channel.onmessage = ({ data: { from, requests, hello, bye } }) => {
    if (bye) others.delete(from)
    else others.set(from, requests)
    if (hello) say({})
    changed()
  }
  addEventListener('pagehide', () => say({ bye: true }))
  addEventListener('pageshow', ({ persisted }) => persisted && say({ hello: true }))
  say({ hello: true })
}

const say = (more) => channel.postMessage({ from: me, requests: mine, ...more })

/** Tells the others how many requests this tab has made. */
export function count(requests) {
  mine = requests
  say({})
}

export const elsewhere = () => [...others.values()]
