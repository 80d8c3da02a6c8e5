// Tokens by the shop's app proxy: alone, for guests, and when a signature is old.
import { check } from './check.mjs'
import { scene } from './lab.mjs'
import { asking, failure, leaping } from './prelude.mjs'
import { alice, bob, claims, key, personal } from './token.mjs'

const source = { source: 'proxy' }
const beside = { proxy: '/apps/shapestoken' }
const life = 900 // seconds

/** What anonymous() comes to: { token } or { error }. */
const guest = (tab, request = '') => tab.evaluate(`shapestoken.anonymous(${request}).then((token) => ({ token }), ${failure})`)

scene('the app proxy alone: a token, and neither a secret nor a signature', async ({ tab, lane, shop }) => {
  shop.app = lane.endpoint
  const url = await tab.visit({ customer: alice, args: source })
  const { token } = await tab.token()
  check.deepEqual([claims(token).customer_id, claims(token).amr], [alice, ['app_proxy']])
  check.equal((await tab.stored())[key(alice)], token)
  check.deepEqual(shop.visits, [`shopper=${alice}`]) // the shop's cookie goes with it
  check.equal(shop.secrets, 0)
  const text = await tab.evaluate('fetch(location.href).then((answer) => answer.text())')
  check.match(text, /data-secret="unused"/)
  check.doesNotMatch(text, /data-signature|data-timestamp|[0-9a-f]{64}/)

  await tab.visit(url)
  check.equal((await tab.token()).token, token)
  await tab.settled(lane)
  check.deepEqual([shop.visits.length, lane.exchanges, lane.preflights], [1, [], []])
  check.deepEqual((await tab.seen()).rejections, [])
})

scene('a guest has an anonymous token, of which nothing is stored', async ({ tab, lane, shop }) => {
  shop.app = lane.endpoint
  await tab.visit({ customer: alice, args: source })
  await tab.token()
  await tab.visit({ args: source })
  check.deepEqual(await tab.token(), { token: null })
  await tab.settled(lane)
  check.equal(shop.visits.length, 1) // nobody has asked for a guest's
  const [one, other] = await tab.evaluate('Promise.all([shapestoken.anonymous(), shapestoken.anonymous()])')
  const { pid, sub, customer_id } = claims(one)
  check.deepEqual([pid, sub.slice(0, 5), customer_id, other === one], ['null', 'anon:', undefined, true])
  check.deepEqual(await guest(tab), { token: one })
  check.equal(shop.visits.length, 2)
  check.notEqual((await guest(tab, '{ fresh: true }')).token, one)
  check.deepEqual([await tab.stored(), await tab.evaluate('Object.keys(sessionStorage)'), await tab.evaluate('document.cookie')], [{}, [], ''])
  const { errors, rejections, events } = await tab.seen()
  check.deepEqual([errors, rejections, events], [[], [], []])
})

scene('who asks for a guest\'s token before the script is there gets it', async ({ tab, lane, shop }) => {
  shop.app = lane.endpoint
  await tab.visit({ args: source, load: 'after the stub', early: 'window.early = shapestoken.anonymous()' })
  check.equal(claims(await tab.evaluate('early')).pid, 'null')
})

scene('a customer\'s page has no anonymous token', async ({ tab, lane, shop }) => {
  shop.app = lane.endpoint
  await tab.visit({ customer: alice, args: source })
  await tab.token()
  check.deepEqual([await guest(tab), shop.visits.length], [{ token: null }, 1])
})

scene('a guest\'s page whose visitor has logged in since gets nobody\'s token', async ({ tab, lane, shop }) => {
  shop.app = lane.endpoint
  await tab.visit({ args: source })
  shop.session = { customer: alice }
  check.equal((await guest(tab)).error.code, 'aborted')
  check.deepEqual([await tab.token(), personal(await tab.stored())], [{ token: null }, []])
})

scene('a page left open past its signature\'s time asks the app proxy, and not the section', async ({ tab, lane, shop }) => {
  shop.app = lane.endpoint
  shop.section = { customer: alice, endpoint: lane.endpoint }
  await tab.visit({ customer: alice, args: beside, prelude: [leaping] })
  const { token } = await tab.token()
  check.deepEqual([claims(token).amr, lane.exchanges.length, shop.visits], [['hmac2'], 1, []])
  await tab.evaluate(`leap(${2 * life})`) // more than the 20 minutes of a signature
  await tab.until(`shapestoken.peek() && shapestoken.peek() !== '${token}'`)
  check.deepEqual(claims(await tab.peek()).amr, ['app_proxy'])
  await tab.settled(lane)
  check.deepEqual([lane.exchanges.length, shop.visits, shop.sections], [1, [`shopper=${alice}`], []])
  check.deepEqual((await tab.seen()).events.map(({ event }) => event), ['token', 'token'])
})

scene('the app proxy fails: the section, as ever', async ({ tab, lane, shop }) => {
  shop.section = { customer: alice, endpoint: lane.endpoint }
  await tab.visit({ customer: alice, signed: 3600, args: beside })
  check.deepEqual(claims((await tab.token()).token).amr, ['hmac2'])
  check.deepEqual([shop.visits.length, shop.sections.length, lane.exchanges.length], [1, 1, 1])
})

scene('the app proxy\'s path is the shop\'s, whatever the page\'s language', async ({ tab, lane, shop }) => {
  shop.app = lane.endpoint
  await tab.goto(tab.address({ customer: alice, args: source }).replace('/page/', '/fr-ca/page/'))
  check.equal(claims((await tab.token()).token).customer_id, alice)
})

for (const [name, args] of Object.entries({ 'alone': source, 'beside a signature': beside })) {
  for (const [who, customer] of Object.entries({ 'nobody': '', 'somebody else': bob })) {
    scene(`the app proxy ${name} says that ${who} is logged in by now: that is a logout`, async ({ tab, lane, shop }) => {
      shop.app = lane.endpoint
      await tab.visit({ customer: alice, args, prelude: [leaping] })
      await tab.token()
      shop.session = { customer }
      await tab.evaluate(`leap(${2 * life})`)
      await tab.until(`seen.events.some(({ event }) => event === 'cleared')`)
      check.deepEqual([await tab.token(), await tab.peek(), personal(await tab.stored())], [{ token: null }, null, []])
      const { rejections, events, console } = await tab.seen()
      check.deepEqual([rejections, events.map(({ event }) => event), console], [[], ['token', 'cleared'], []])
      check.deepEqual(shop.sections, [])
    })
  }
}

scene('logged out in another tab: the page has an anonymous token then', async ({ tab, open, lane, shop }) => {
  shop.app = lane.endpoint
  await tab.visit({ customer: alice, args: source })
  await tab.token()
  await open({ args: source })
  await tab.until(`seen.events.some(({ event }) => event === 'cleared')`)
  check.deepEqual(await tab.token(), { token: null })
  check.equal(claims((await guest(tab)).token).pid, 'null')
  check.deepEqual(personal(await tab.stored()), [])
})

scene('tabs share a token of the app proxy, too', async ({ tab, open, lane, shop }) => {
  shop.app = lane.endpoint
  await tab.visit({ customer: alice, args: source })
  const { token } = await tab.token()
  const other = await open({ customer: alice, args: source })
  check.deepEqual(await other.token(), { token })
  check.equal(shop.visits.length, 1)
})

scene('a shop without the app proxy: its 404 page, told by the path', async ({ tab, lane, shop }) => {
  await tab.visit({ customer: alice, args: source, prelude: [asking] })
  const { error } = await tab.asked()
  check.deepEqual([error.code, error.status, error.retryable, error.message], ['rejected', 404, false, '/apps/shapestoken is down or no app proxy (404)'])
  check.equal(shop.visits.length, 1)
  const { console, events, rejections } = await tab.seen()
  check.deepEqual([events.map(({ event }) => event), rejections], [['error'], []])
  check.ok(console.includes('warn: [shapestoken] rejected: /apps/shapestoken is down or no app proxy (404)'), console.join('\n'))
  await tab.visit({ args: source })
  check.equal((await guest(tab)).error.status, 404)
  check.equal(lane.exchanges.length, 0)
})

scene('the service\'s own refusal comes through the app proxy', async ({ tab, lane, shop }) => {
  shop.app = `${lane.endpoint.slice(0, -4)}brief` // a tenant that does not know the shop's app
  await tab.visit({ customer: alice, args: source, prelude: [asking] })
  const { error } = await tab.asked()
  check.deepEqual([error.code, error.status, error.reason], ['rejected', 401, 'invalid_signature'])
  check.match(error.requestId, /^\S{8,}$/)
})
