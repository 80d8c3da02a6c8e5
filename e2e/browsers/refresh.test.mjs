// A token is renewed before it ends, while somebody looks at the page.
import { reply } from './answers.mjs'
import { check } from './check.mjs'
import { scene } from './lab.mjs'
import { asking, hurried, leaping } from './prelude.mjs'
import { alice, claims, forge, key, now, personal } from './token.mjs'

const life = 900 // seconds

/** Waits until the page has another token than now, once this has happened. */
async function renews(tab, happens) {
  await tab.evaluate('void (seen.old = shapestoken.peek())')
  await happens()
  await tab.until('shapestoken.peek() && shapestoken.peek() !== seen.old')
}

scene('a page left open renews its token late in its life, by itself', async ({ tab, lane }) => {
  await tab.visit({ customer: alice, prelude: [leaping] })
  await tab.token()
  await tab.evaluate(`leap(${0.75 * life})`)
  await tab.settled(lane)
  check.equal(lane.exchanges.length, 1)
  await renews(tab, () => tab.evaluate(`leap(${0.17 * life})`))
  check.equal(lane.exchanges.length, 2)
  check.equal((await tab.stored())[key(alice)], await tab.peek())
})

scene('a hidden page does not; once shown it does', async ({ tab, lane }) => {
  await tab.visit({ customer: alice, prelude: [leaping] })
  await tab.show()
  await tab.token()
  await tab.hide()
  await tab.until('document.hidden')
  await tab.evaluate(`leap(${0.92 * life})`)
  await tab.settled(lane)
  check.equal(lane.exchanges.length, 1)
  await renews(tab, () => tab.show())
  check.equal(lane.exchanges.length, 2)
})

for (const event of ['online', 'pageshow']) {
  scene(`${event}: a token that has faded meanwhile is renewed`, async ({ tab, lane }) => {
    await tab.visit({ customer: alice, prelude: [leaping] })
    await tab.token()
    await tab.evaluate(`leap(${0.92 * life}, false)`)
    await renews(tab, () => tab.evaluate(`void dispatchEvent(new PageTransitionEvent('${event}', { persisted: true }))`))
    check.equal(lane.exchanges.length, 2)
  })
}

scene('a stored token near its end is used, and renewed behind', async ({ tab, lane }) => {
  const old = forge({ pid: 'p', customer_id: alice, iat: now() - 850, exp: now() + 50 })
  await tab.visit({ customer: alice, prelude: [`localStorage.setItem('${key(alice)}', '${old}')`, asking, leaping] })
  check.deepEqual(await tab.asked(), { token: old })
  await renews(tab, () => tab.evaluate('leap(10)'))
  check.equal(lane.exchanges.length, 1)
})

scene('a renewal that fails leaves the token in use', async ({ tab, lane }) => {
  await tab.visit({ customer: alice, prelude: [leaping, hurried] })
  const { token } = await tab.token()
  lane.answer = reply(500)
  await tab.evaluate(`leap(${0.92 * life})`)
  await tab.until(`seen.events.some(({ event }) => event === 'error')`)
  check.deepEqual(await tab.token(), { token })
  check.equal(lane.exchanges.length, 5)
  lane.answer = (_, pass) => pass()
  await tab.evaluate('leap(130)') // it has rested, and the token has ended
  await tab.until('shapestoken.peek()')
  check.notEqual(await tab.peek(), token)
})

scene('fresh: for after a backend has refused the token', async ({ tab, lane }) => {
  await tab.visit({ customer: alice })
  const { token } = await tab.token()
  const { token: newer } = await tab.token('{ fresh: true }')
  check.notEqual(newer, token)
  check.equal((await tab.stored())[key(alice)], newer)
  check.equal(lane.exchanges.length, 2)
})

scene('tokens shorter than the margin are used, without a storm', async ({ tab, lane }) => {
  await tab.visit({ customer: alice })
  const { token } = await tab.token()
  check.equal(claims(token).exp - claims(token).iat, 20)
  await tab.settled(lane)
  check.ok(lane.exchanges.length <= 3, `${lane.exchanges.length} requests`)
}, { tenant: 'brief' })

scene('back to a page from before the logout: no token', async ({ open, lane }) => {
  const tab = await open()
  await tab.visit({ customer: alice })
  await tab.token()
  await tab.visit({})
  await tab.token()
  await tab.evaluate('void history.back()')
  await tab.until('window.seen && seen.shown.length === 2')
  check.deepEqual((await tab.seen()).shown, [false, true]) // it really came from the cache
  check.deepEqual(await tab.token(), { token: null })
  check.equal(await tab.peek(), null)
  await tab.settled(lane)
  check.deepEqual(personal(await tab.stored()), [])
  check.equal(lane.exchanges.length, 1)
})
