// What the service gets to see of a shopper: the proof, and nothing else.
import { check } from './check.mjs'
import { scene } from './lab.mjs'
import { alice } from './token.mjs'

scene('the request carries the proof alone', async ({ tab, lane, shop }) => {
  // At the service's own host, so that a browser would send it these cookies.
  await tab.goto(tab.address({ customer: alice, prelude: [`document.cookie = 'cart=1; path=/'`] }).replace(shop.origin, shop.twin))
  await tab.token()
  await tab.evaluate('localStorage.clear()')
  const [preflight, ...more] = lane.preflights
  check.deepEqual(more, [])
  check.equal(preflight.headers['access-control-request-headers'], 'content-type')
  check.equal(preflight.headers['access-control-request-method'], 'POST')
  const [{ headers, body }] = lane.exchanges
  check.equal(headers.origin, shop.twin)
  check.equal(headers['content-type'], 'application/json')
  for (const name of ['cookie', 'referer', 'authorization', 'if-none-match']) check.equal(headers[name], undefined, name)
  check.deepEqual(Object.keys(JSON.parse(body)).sort(), ['id', 'shop', 'signature', 'timestamp'])
  check.equal(await tab.evaluate('document.cookie'), 'cart=1')
})
