// With consent: 'preferences' nothing outlives the page before the visitor agrees.
import { check } from './check.mjs'
import { scene } from './lab.mjs'
import { privacy } from './prelude.mjs'
import { alice, claims, key } from './token.mjs'

const page = (...prelude) => ({ customer: alice, args: { consent: 'preferences' }, prelude })
const ours = (stored) => Object.keys(stored).filter((name) => name.startsWith('shape'))

scene('without consent the token lives in memory only', async ({ tab, lane }) => {
  await tab.visit(page(privacy(false)))
  const { token } = await tab.token()
  check.equal(claims(token).customer_id, alice)
  check.deepEqual(ours(await tab.stored()), [])
  check.deepEqual(await tab.token(), { token })
  check.equal(lane.exchanges.length, 1)
  check.deepEqual((await tab.seen()).events.map(({ event, persistent }) => [event, persistent]), [['token', false]])
})

scene('consent given and taken back while the page is open', async ({ tab, lane }) => {
  await tab.visit(page(privacy(false)))
  const { token } = await tab.token()
  await tab.evaluate('agree(true)')
  check.equal((await tab.stored())[key(alice)], token)
  await tab.evaluate('agree(false)')
  check.deepEqual(ours(await tab.stored()), [])
  check.deepEqual(await tab.token(), { token })
  check.equal(lane.exchanges.length, 1)
})

scene('with consent it is stored at once', async ({ tab, lane }) => {
  const url = await tab.visit(page(privacy(true)))
  const { token } = await tab.token()
  check.equal((await tab.stored())[key(alice)], token)
  await tab.visit(url)
  check.deepEqual(await tab.token(), { token })
  check.equal(lane.exchanges.length, 1)
})

scene('a page without Shopify\'s API: nobody has agreed', async ({ tab }) => {
  await tab.visit(page())
  check.equal(claims((await tab.token()).token).customer_id, alice)
  check.deepEqual(ours(await tab.stored()), [])
})

scene('an API that comes late is asked for, and heeded', async ({ tab }) => {
  await tab.visit(page(`window.Shopify = { loadFeatures(wanted, done) { window.wanted = wanted; window.late = () => { Shopify.customerPrivacy = { preferencesProcessingAllowed: () => true }; done() } } }`))
  const { token } = await tab.token()
  check.deepEqual(ours(await tab.stored()), [])
  check.equal((await tab.evaluate('wanted'))[0].name, 'consent-tracking-api')
  await tab.evaluate('late()')
  check.equal((await tab.stored())[key(alice)], token)
})
