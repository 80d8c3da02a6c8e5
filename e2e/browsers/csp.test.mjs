// The strictest policies a shop can have, with Trusted Types: no violation.
import { check } from './check.mjs'
import { scene } from './lab.mjs'
import { alice, claims } from './token.mjs'

const policies = {
  'nonce only': (service) => `default-src 'none'; script-src NONCE; connect-src ${service}; require-trusted-types-for 'script'; trusted-types 'none'`,
  'nonce and strict-dynamic': (service) => `default-src 'none'; script-src NONCE 'strict-dynamic'; connect-src ${service}; require-trusted-types-for 'script'`,
}

/** An icon is what a browser asks for by itself. */
const ours = ({ violations }) => violations.filter((line) => !line.includes('favicon'))

for (const [name, policy] of Object.entries(policies)) {
  for (const load of ['as rendered', 'after the stub', 'module']) {
    scene(`CSP, ${name}: script ${load}`, async ({ tab, lane, proxy }) => {
      await tab.visit({ customer: alice, load, csp: policy(proxy.origin) })
      check.equal(claims((await tab.token()).token).customer_id, alice)
      check.deepEqual(ours(await tab.seen()), [])
      check.equal(lane.exchanges.length, 1)
    })
  }
}

scene('CSP: signing anew needs the shop itself as well', async ({ tab, lane, shop, proxy }) => {
  shop.section = { customer: alice, endpoint: lane.endpoint }
  await tab.visit({ customer: alice, signed: 3600, csp: policies['nonce only'](`'self' ${proxy.origin}`) })
  check.equal(claims((await tab.token()).token).customer_id, alice)
  check.deepEqual(ours(await tab.seen()), [])
})

scene('CSP: the app proxy alone needs the shop itself and nobody else', async ({ tab, lane, shop }) => {
  shop.app = lane.endpoint
  await tab.visit({ customer: alice, args: { source: 'proxy' }, csp: policies['nonce only'](`'self'`) })
  check.equal(claims((await tab.token()).token).customer_id, alice)
  check.deepEqual(ours(await tab.seen()), [])
})

scene('CSP: a policy that forbids the service is a network failure', async ({ tab }) => {
  await tab.visit({ customer: alice, csp: policies['nonce only'](`'none'`) })
  await tab.until('seen.violations.length')
  check.ok(ours(await tab.seen()).every((line) => line.startsWith('connect-src ')))
})
