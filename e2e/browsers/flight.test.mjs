// Logouts and other customers while a token is on its way.
import { gate } from './answers.mjs'
import { check } from './check.mjs'
import { proof, scene } from './lab.mjs'
import { paced, withoutLocks } from './prelude.mjs'
import { alice, bob, claims, key, personal } from './token.mjs'

/** A page whose exchange is held at a gate, and never given up; its token() waits. */
async function held({ tab, lane }, ...prelude) {
  const { open, answer } = gate()
  lane.answer = answer
  await tab.visit({ customer: alice, prelude: [paced('ms > 7000 ? 1e9 : ms'), ...prelude] })
  await tab.evaluate(`void shapestoken.token().then((token) => ({ token }), ({ code }) => ({ code })).then((outcome) => { seen.outcome = outcome })`)
  return open
}

/** What the page's token() came to. */
async function outcome(tab) {
  await tab.until('seen.outcome')
  return (await tab.seen()).outcome
}

scene('clear() while the token is on its way', async ({ tab, lane }) => {
  const open = await held({ tab, lane })
  await tab.evaluate('shapestoken.clear()')
  open()
  check.deepEqual(await outcome(tab), { code: 'aborted' })
  await tab.settled(lane)
  check.deepEqual(personal(await tab.stored()), [])
  check.deepEqual(await tab.token(), { token: null })
  check.deepEqual((await tab.seen()).rejections, [])
})

scene('another customer takes over while the token is on its way', async ({ tab, lane }) => {
  const open = await held({ tab, lane })
  await tab.evaluate(`shapestoken.init(${proof(bob, lane)})`)
  open()
  check.deepEqual(await outcome(tab), { code: 'aborted' })
  const { token } = await tab.token()
  check.equal(claims(token).customer_id, bob)
  await tab.settled(lane)
  const stored = await tab.stored()
  check.equal(stored[key(bob)], token)
  check.equal(key(alice) in stored, false)
})

for (const [name, page] of Object.entries({ 'a logout': {}, 'another customer': { customer: bob } })) {
  scene(`${name} in another tab while the token is on its way`, async ({ tab, open, lane }) => {
    const pass = await held({ tab, lane })
    const other = await open(page)
    pass()
    const { code, token } = await outcome(tab)
    check.ok(code === 'aborted' || token === null, code)
    await tab.settled(lane)
    await other.token()
    check.equal(key(alice) in (await other.stored()), false)
    check.deepEqual(await tab.token(), { token: null })
  })
}

scene('a caller may stop waiting; others go on', async ({ tab, lane }) => {
  const open = await held({ tab, lane })
  check.equal(await tab.evaluate(`(() => { const stop = new AbortController(); const mine = shapestoken.token({ signal: stop.signal }); stop.abort(); return mine.catch(({ code }) => code) })()`), 'aborted')
  open()
  const { token } = await outcome(tab)
  check.equal(claims(token).customer_id, alice)
  check.equal(lane.exchanges.length, 1)
})

for (const [name, ...prelude] of [['with locks'], ['without locks', withoutLocks]]) {
  scene(`a hundred callers share one exchange, ${name}`, async ({ tab, lane }) => {
    const open = await held({ tab, lane }, ...prelude)
    await tab.evaluate('void (window.all = Promise.all(Array.from({ length: 100 }, () => shapestoken.token())))')
    open()
    check.equal(new Set(await tab.evaluate('all')).size, 1)
    check.equal(lane.exchanges.length, 1)
  })
}
