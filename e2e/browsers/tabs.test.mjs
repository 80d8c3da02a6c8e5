// Several tabs of one shop.
import { first, silence } from './answers.mjs'
import { check } from './check.mjs'
import { scene } from './lab.mjs'
import { asking, withoutLocks } from './prelude.mjs'
import { alice, bob, claims, key, personal } from './token.mjs'

const slow = (_, pass) => setTimeout(pass, 300)

/** Tabs that wait at an empty page, and all go at once. */
async function race(tabs, shop, page) {
  const url = tabs[0].address(page)
  for (const tab of tabs) {
    await tab.goto(`${shop.origin}/blank`)
    await tab.evaluate(`void ((window.go = new BroadcastChannel('go')).onmessage = () => location.replace(${JSON.stringify(url)}))`)
  }
  await tabs[0].evaluate(`void new BroadcastChannel('go').postMessage(1)`) // which its own page hears as well
  const tokens = []
  for (const tab of tabs) {
    await tab.until('window.seen?.asked')
    tokens.push((await tab.asked()).token)
  }
  return tokens
}

scene('ten tabs opened cold', async ({ tab, open, lane, shop }) => {
  const tabs = [tab]
  while (tabs.length < 10) tabs.push(await open())
  lane.answer = slow
  const locked = await race(tabs, shop, { customer: alice, prelude: [asking] })
  check.deepEqual(locked.map((token) => claims(token).customer_id), Array(10).fill(alice))
  check.ok(lane.exchanges.length <= 2, `${lane.exchanges.length} requests with locks`)
  const free = await race(tabs, shop, { customer: bob, prelude: [asking, withoutLocks] })
  check.deepEqual(free.map((token) => claims(token).customer_id), Array(10).fill(bob))
  check.ok(lane.exchanges.length <= 12, `${lane.exchanges.length - 2} requests without locks`)
})

/** Seconds until a second tab has its token, whose first tab hangs in its exchange with the lock in its hand. */
async function waits({ open, lane }, happens) {
  const hang = first(1, silence)
  const reached = new Promise((arrived) => { lane.answer = (...call) => (arrived(), hang(...call)) })
  const [tab, other] = [await open(), await open()]
  await tab.visit({ customer: alice, prelude: [asking] })
  await tab.until(`navigator.locks.query().then(({ held }) => held.length)`)
  await reached // or the second tab's request would be the one that hangs
  const start = Date.now()
  await other.visit({ customer: alice, prelude: [asking] })
  await happens(tab)
  check.equal(claims((await other.asked()).token).customer_id, alice)
  check.equal(lane.exchanges.length, 2)
  return (Date.now() - start) / 1000
}

scene('a tab that never lets go of the lock delays the others by 3 s', async (stage) => {
  const seconds = await waits(stage, () => {})
  check.ok(seconds < 6, `${seconds} s`)
})

scene('a tab closed with the lock in its hand', async (stage) => {
  const seconds = await waits(stage, (tab) => tab.close())
  check.ok(seconds < 6, `${seconds} s`)
})

scene('a tab killed with the lock in its hand', async (stage) => {
  const seconds = await waits(stage, (tab) => tab.kill())
  check.ok(seconds < 6, `${seconds} s`)
}, { without: { webkit: 'its driver ends the session when a page crashes; closed tabs are tried' } })

for (const [name, leave] of Object.entries({ 'a guest page': (tab) => tab.visit({}), 'clear()': (tab) => tab.evaluate('shapestoken.clear()') })) {
  scene(`a logout in one tab, by ${name}, is seen in another`, async ({ tab, open }) => {
    await tab.visit({ customer: alice })
    await tab.token()
    const other = await open({ customer: alice })
    await leave(tab)
    await other.until(`seen.events.some(({ event }) => event === 'cleared')`, 1)
    check.deepEqual((await other.seen()).events.at(-1), { event: 'cleared', customerId: alice })
    check.deepEqual(await other.token(), { token: null })
    check.equal(await other.peek(), null)
    check.deepEqual(personal(await other.stored()), [])
  })
}

scene('another customer in one tab ends the first one\'s session in another', async ({ tab, open, lane }) => {
  await tab.visit({ customer: alice })
  await tab.token()
  const other = await open({ customer: bob })
  const { token } = await other.token()
  await tab.until(`seen.events.some(({ event }) => event === 'cleared')`)
  check.deepEqual(await tab.token(), { token: null })
  check.equal((await tab.stored())[key(bob)], token)
  check.equal(key(alice) in (await tab.stored()), false)
  check.equal(lane.exchanges.length, 2)
})
