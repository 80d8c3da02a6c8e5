// A page that is rendered before anybody wants it asks nobody.
import { check } from './check.mjs'
import { scene } from './lab.mjs'
import { asking, withoutLocks } from './prelude.mjs'
import { later } from './tab.mjs'
import { alice, claims } from './token.mjs'

const without = { firefox: 'it has no prerendering; a page that says so is tried', webkit: 'it has no prerendering; a page that says so is tried' }

// At times the driver loses a page that takes another's place; then it is tried in another tab.
const tries = 3

// Chromium itself holds locks back in such a page; without them the script has to wait by itself.
scene('prerendered by speculation rules', async ({ open, lane }) => {
  const loaded = `<script>addEventListener('load', () => ${later(lane)}.then(() => fetch('${lane.endpoint}/loaded', { mode: 'no-cors' })))</script>`
  for (let n = 1; n <= tries; n++) {
    const tab = await open({ load: 'no script' })
    await tab.evaluate('localStorage.clear()')
    const [logged, exchanged] = [lane.log.length, lane.exchanges.length]
    const url = tab.address({ customer: alice, prelude: [asking, withoutLocks], extra: loaded })
    await tab.visit({ load: 'no script', extra: `<script type="speculationrules">${JSON.stringify({ prerender: [{ source: 'list', urls: [url], eagerness: 'immediate' }] })}</script>` })
    while (!lane.log.slice(logged).some(({ url }) => url.endsWith('/loaded'))) await new Promise((again) => setTimeout(again, 20))
    check.equal(lane.exchanges.length, exchanged)
    await tab.evaluate(`void (location.href = '${url}')`)
    const there = await tab.until('window.shapestoken?.peek()', 10).then(() => true, () => false)
    if (!there && n < tries) continue
    check.ok(there)
    check.equal(claims((await tab.asked()).token).customer_id, alice)
    check.ok(await tab.evaluate(`performance.getEntriesByType('navigation')[0].activationStart > 0`))
    check.equal(lane.exchanges.length, exchanged + 1)
    return
  }
}, { without })

scene('a page that says it is being prerendered', async ({ tab, lane }) => {
  await tab.visit({ customer: alice, prelude: [`Object.defineProperty(document, 'prerendering', { value: true, configurable: true })`] })
  await tab.evaluate(`void (window.waiting = shapestoken.token())`)
  await tab.settled(lane)
  check.equal(lane.exchanges.length, 0)
  await tab.evaluate(`(delete document.prerendering, Object.defineProperty(document, 'prerendering', { value: false }), void document.dispatchEvent(new Event('prerenderingchange')))`)
  check.equal(claims(await tab.evaluate('waiting')).customer_id, alice)
  check.equal(lane.exchanges.length, 1)
})
