// How many requests a page makes, and what is in the browser afterwards.
import { check } from './check.mjs'
import { scene } from './lab.mjs'
import { alice, bob, claims, key, personal } from './token.mjs'

scene('a cold page asks once, a warm one not at all', async ({ tab, lane }) => {
  const url = await tab.visit({ customer: alice })
  const { token } = await tab.token()
  check.deepEqual([lane.preflights.length, lane.exchanges.length], [1, 1])
  check.equal(claims(token).customer_id, alice)
  check.equal((await tab.stored())[key(alice)], token)
  check.equal(await tab.peek(), token)

  await tab.visit(url)
  check.equal((await tab.token()).token, token)
  await tab.settled(lane)
  check.deepEqual([lane.preflights.length, lane.exchanges.length], [1, 1])
  check.deepEqual((await tab.seen()).events.map(({ event, persistent }) => [event, persistent]), [['token', true]])
})

scene('a guest page asks nobody, and removes what earlier customers left', async ({ tab, lane }) => {
  await tab.visit({ customer: alice })
  await tab.token()
  const asked = lane.exchanges.length
  await tab.seed({ [key(alice)]: 'old', [key(bob)]: 'old', 'omneo:shapesclient:profile': '{}', theirs: 'kept' })
  await tab.visit({})
  check.deepEqual(await tab.token(), { token: null })
  await tab.settled(lane)
  const stored = await tab.stored()
  check.deepEqual(personal(stored), [])
  check.deepEqual([stored.theirs, stored['omneo:shapesclient:profile']], ['kept', undefined])
  check.equal(lane.exchanges.length, asked)
})

scene('another customer on the same device', async ({ tab, lane }) => {
  await tab.visit({ customer: alice })
  await tab.token()
  await tab.visit({ customer: bob })
  const { token } = await tab.token()
  check.equal(claims(token).customer_id, bob)
  const stored = await tab.stored()
  check.equal(stored[key(bob)], token)
  check.equal(key(alice) in stored, false)
  check.equal(lane.exchanges.length, 2)
})
