// A page open for longer than its signature is good: the theme signs anew.
import { check } from './check.mjs'
import { scene } from './lab.mjs'
import { asking } from './prelude.mjs'
import { alice, bob, claims, key } from './token.mjs'

scene('an old signature is replaced by the section\'s', async ({ tab, lane, shop }) => {
  shop.section = { customer: alice, endpoint: lane.endpoint }
  await tab.visit({ customer: alice, signed: 3600 })
  const { token } = await tab.token()
  check.equal(claims(token).customer_id, alice)
  check.equal((await tab.stored())[key(alice)], token)
  check.ok(lane.exchanges.length <= 2)
  check.equal(shop.sections.length, 1)
  check.deepEqual((await tab.seen()).events.map(({ event }) => event), ['token'])
})

scene('the section is asked for in the page\'s language', async ({ tab, lane, shop }) => {
  shop.section = { customer: alice, endpoint: lane.endpoint }
  await tab.goto(tab.address({ customer: alice, signed: 3600, prelude: [`window.Shopify = { routes: { root: '/fr-ca/' } }`] }).replace('/page/', '/fr-ca/page/'))
  check.equal(claims((await tab.token()).token).customer_id, alice)
  check.ok(shop.sections.every((path) => path.startsWith('/fr-ca/')), shop.sections.join())
})

scene('a theme without the section: the service\'s refusal', async ({ tab, lane, shop }) => {
  await tab.visit({ customer: alice, signed: 3600, prelude: [asking] })
  const { error } = await tab.asked()
  check.deepEqual([error.code, error.status, error.reason, error.retryable], ['rejected', 401, 'signature_expired', false])
  check.equal(shop.sections.length, 1)
  check.equal(lane.exchanges.length, 1)
  const { events, rejections } = await tab.seen()
  check.deepEqual([events.map(({ event, reason }) => [event, reason]), rejections], [[['error', 'signature_expired']], []])
})

scene('a section that is as old: once more, and no loop', async ({ tab, lane, shop }) => {
  shop.section = { customer: alice, endpoint: lane.endpoint, signed: 3600 }
  await tab.visit({ customer: alice, signed: 3600, prelude: [asking] })
  check.equal((await tab.asked()).error.reason, 'signature_expired')
  check.ok(lane.exchanges.length <= 2)
  check.equal(shop.sections.length, 1)
})

for (const [name, customer] of Object.entries({ 'nobody': undefined, 'somebody else': bob })) {
  scene(`the section knows ${name}: the page's customer gets nothing`, async ({ tab, lane, shop }) => {
    shop.section = { customer, endpoint: lane.endpoint }
    await tab.visit({ customer: alice, signed: 3600, prelude: [asking] })
    await tab.asked()
    const { token } = await tab.token()
    check.ok(!token || claims(token).customer_id === customer)
    if (!customer) check.equal(token, null)
    check.equal(key(alice) in (await tab.stored()), false)
    check.deepEqual((await tab.seen()).rejections, [])
  })
}
