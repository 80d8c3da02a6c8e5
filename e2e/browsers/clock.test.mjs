// A device whose clock is wrong: one exchange, and never another because of it.
import { check } from './check.mjs'
import { scene } from './lab.mjs'
import { shifted } from './prelude.mjs'
import { alice, claims } from './token.mjs'

for (const [name, seconds] of Object.entries({ 'an hour ahead': 3600, 'an hour behind': -3600, 'a day ahead': 86400, 'a day behind': -86400 })) {
  scene(`a clock ${name}`, async ({ tab, lane }) => {
    const url = await tab.visit({ customer: alice, prelude: [shifted(seconds)] })
    const { token } = await tab.token()
    check.equal(claims(token).customer_id, alice)
    for (let visit = 0; visit < 2; visit++) {
      await tab.visit(url)
      const again = await tab.token()
      check.deepEqual([lane.exchanges.length, again.token === token], [1, true], `visit ${visit}: exchanges, the same token`)
    }
  })
}

scene('a clock that is set right between two pages: one exchange more at most', async ({ tab, lane }) => {
  await tab.visit({ customer: alice, prelude: [shifted(-86400)] })
  await tab.token()
  const url = await tab.visit({ customer: alice })
  const { token } = await tab.token()
  await tab.visit(url)
  check.deepEqual(await tab.token(), { token })
  check.ok(lane.exchanges.length <= 2)
})
