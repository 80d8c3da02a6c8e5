// What a page hears, and a marker that changes while it is open.
import { check } from './check.mjs'
import { proof, scene } from './lab.mjs'
import { alice, bob, claims } from './token.mjs'

scene('events tell of a token without holding it', async ({ tab }) => {
  await tab.visit({ customer: alice })
  const { token } = await tab.token()
  const { events } = await tab.seen()
  check.deepEqual(events, [{ event: 'token', customerId: alice, expiry: claims(token).exp, persistent: true }])
})

scene('on() hears until it is told to stop', async ({ tab, lane }) => {
  await tab.visit({})
  await tab.evaluate(`void (window.heard = [], window.stop = shapestoken.on('token', ({ customerId }) => heard.push(customerId)))`)
  await tab.evaluate(`shapestoken.init(${proof(alice, lane)})`)
  await tab.token()
  await tab.evaluate(`void (stop(), shapestoken.init(${proof(bob, lane)}))`)
  check.equal(claims((await tab.token()).token).customer_id, bob)
  check.deepEqual(await tab.evaluate('heard'), [alice])
  check.match(await tab.evaluate('shapestoken.version'), /^\d+\.\d+\.\d+$/)
})

scene('a listener that throws harms nobody', async ({ tab, lane }) => {
  await tab.visit({ customer: alice, prelude: [`document.addEventListener('shapes:token', () => { throw new Error('theirs') })`] })
  check.equal(claims((await tab.token()).token).customer_id, alice)
  check.equal(lane.exchanges.length, 1)
  check.deepEqual((await tab.seen()).rejections, [])
})

scene('init() reads the marker anew', async ({ tab, lane }) => {
  await tab.visit({ customer: alice })
  const { token } = await tab.token()
  await tab.evaluate('void shapestoken.init()')
  check.equal((await tab.token()).token, token)
  await tab.settled(lane)
  check.equal(lane.exchanges.length, 1)
  const { id, signature, timestamp } = JSON.parse(proof(bob, lane))
  await tab.evaluate(`Object.assign(document.querySelector('[data-shapestoken]').dataset, { id: '${id}', signature: '${signature}', timestamp: '${timestamp}' })`)
  await tab.evaluate('void shapestoken.init()')
  check.equal(claims((await tab.token()).token).customer_id, bob)
})
