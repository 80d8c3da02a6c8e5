// Wherever and however often the script stands, and whatever else is on the page.
import { check } from './check.mjs'
import { proof, scene } from './lab.mjs'
import { loads } from './page.mjs'
import { hostile } from './prelude.mjs'
import { alice, claims } from './token.mjs'

/** One exchange, a token, nothing thrown, one global. */
async function works(tab, lane) {
  const { token } = await tab.token()
  check.equal(claims(token).customer_id, alice)
  await tab.settled(lane)
  check.equal(lane.exchanges.length, 1)
  const { errors, rejections, globals } = await tab.seen()
  check.deepEqual([errors, rejections], [[], []])
  const names = await tab.evaluate('Object.getOwnPropertyNames(window)')
  check.deepEqual(names.filter((name) => !globals.includes(name)), ['shapestoken'])
}

for (const load of Object.keys(loads)) {
  if (load === 'no script') continue
  scene(`script: ${load}`, async ({ tab, lane }) => {
    await tab.visit({ customer: alice, load })
    await works(tab, lane)
  })
}

for (const [name, text] of Object.entries(hostile)) {
  scene(`a page with ${name}`, async ({ tab, lane }) => {
    await tab.visit({ customer: alice, prelude: [text] })
    await works(tab, lane)
  })
}

scene('what is asked of the stub is answered by the script', async ({ tab, lane }) => {
  await tab.visit({ customer: alice, load: 'after the stub', early: 'window.early = [shapestoken.token(), shapestoken.token()]' })
  const [one, two] = await tab.evaluate('Promise.all(early)')
  check.equal(claims(one).customer_id, alice)
  check.equal(one, two)
  check.equal(lane.exchanges.length, 1)
})

scene('init again for the same customer asks nobody, and never throws', async ({ tab, lane }) => {
  await tab.visit({ customer: alice })
  const { token } = await tab.token()
  await tab.evaluate(`void shapestoken.init(${proof(alice, lane, 5)})`) // signed at another time
  await tab.evaluate('void shapestoken.init()')
  check.equal((await tab.token()).token, token)
  await tab.settled(lane)
  check.equal(lane.exchanges.length, 1)
  for (const nonsense of ['null', '7', '{}', `{ id: 'x' }`, `{ get id() { throw 1 } }`]) check.ok(await tab.evaluate(`(shapestoken.init(${nonsense}), true)`), nonsense)
})
