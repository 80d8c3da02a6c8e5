// By the shop's app proxy: alone, and when a signature has become old.
import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { alice, answer, bob, clock, install, json, jwt, keyOf, open, outcome, pending, serve, session, settle, start, tokenFor, tokensIn, who, type Call, type Items } from './fixture.js'
import { renewal } from './renewal.js'
import { wallet, type Wallet } from './wallet.js'

const path = '/apps/shapestoken'
const section = `<script data-shapestoken="0.2.0" data-state="customer" data-id="${alice.id}" data-signature="new" data-timestamp="${start}">`
const alone = { id: alice.id, endpoint: '', proxy: path, problem: false }
const dated = (age: number): typeof session => ({ ...session, proxy: path, timestamp: String(start - age), shop: 'acme.myshopify.com' })
const anonymous = (): string => jwt({ pid: 'null', sub: 'anon:1', iat: start, exp: start + 900 })
const gone = (): Response => answer('<!doctype html>404', 404)

/** Alice's wallet at a stopped clock, and who was asked: the proxy, the section, the service. */
function stage(t: TestContext, proxied: () => Response | Promise<Response>, sections: () => Response = () => answer(section)): { pass: ReturnType<typeof clock>; items: Items; purse: Wallet; asked: string[] } {
  const pass = clock(t)
  const items = install({ [who]: alice.id })
  open()
  const asked: string[] = []
  serve(({ url, init }: Call) => {
    const [name, reply] = url === path + '/token' ? ['proxy', proxied] as const : url.startsWith('?') ? ['section', sections] as const : [(JSON.parse(String(init.body)) as typeof alice).signature, () => json({ token: tokenFor(alice) })] as const
    asked.push(name)
    return reply()
  })
  return { pass, items, purse: wallet(() => true), asked }
}

test('alone: its token is stored, and nobody else is asked', async (t) => {
  const { items, purse, asked } = stage(t, () => json({ token: tokenFor(alice), expiry: 1 }))
  const { jwt: token } = await renewal(alone, purse)()
  assert.deepEqual([items[keyOf(alice)], asked], [token, ['proxy']])
})

for (const [name, reply, error] of [
  ['is not there', gone, { code: 'rejected', status: 404, message: path + ' is down or no app proxy (404)' }],
  ['cannot be reached', () => Promise.reject(new TypeError('x')), { code: 'network', retryable: true, message: path + ' is down or no app proxy' }],
  ['answers with a page', () => answer('<!doctype html>'), { code: 'server', retryable: true, status: 200 }],
  ['refuses', () => json({ error: 'access_denied', message: 'no', request_id: 'r-1' }, 403), { code: 'rejected', reason: 'access_denied', requestId: 'r-1', message: 'no (request r-1)' }],
] as [string, () => Response | Promise<Response>, object][]) {
  test(`alone, and it ${name}: that is the end of it`, async (t) => {
    const { items, purse, asked } = stage(t, reply)
    await assert.rejects(renewal(alone, purse)(), error)
    assert.deepEqual([tokensIn(items), asked, purse.who()], [[], ['proxy'], alice.id])
  })

  test(`an old signature, and it ${name}: the section`, async (t) => {
    const { items, purse, asked } = stage(t, reply)
    const { jwt: token } = await renewal(dated(61), purse)()
    assert.deepEqual([items[keyOf(alice)], asked], [token, ['proxy', 'section', 'new']])
  })

  test(`an old signature, no section, and it ${name}: the old signature`, async (t) => {
    const { purse, asked } = stage(t, reply, gone)
    assert.ok(await renewal(dated(61), purse)())
    assert.deepEqual(asked, ['proxy', 'section', alice.signature])
  })
}

test('an old signature: its token, and nobody else is asked', async (t) => {
  const { items, purse, asked } = stage(t, () => json({ token: tokenFor(alice) }))
  const { jwt: token } = await renewal(dated(61), purse)()
  assert.deepEqual([items[keyOf(alice)], asked], [token, ['proxy']])
})

for (const [name, page] of [['a fresh signature', dated(60)], ['an undated one', { ...session, proxy: path, timestamp: '' }]] as const) {
  test(`${name} needs no proxy`, async (t) => {
    const { purse, asked } = stage(t, gone)
    await renewal(page, purse)()
    assert.deepEqual(asked, [alice.signature])
  })
}

test('it hangs: after 8 seconds the old signature has to do', async (t) => {
  const { pass, purse, asked } = stage(t, () => new Promise(() => {}))
  const end = outcome(renewal(dated(61), purse)())
  await pass(8)
  assert.ok(end.value)
  assert.deepEqual(asked.at(-1), alice.signature)
})

for (const [way, page] of [['alone', alone], ['an old signature', dated(61)]] as const) {
  for (const [name, token] of Object.entries({ 'nobody is logged in any more': anonymous(), 'somebody else is': tokenFor(bob), 'the token does not say who is': jwt({ pid: 'p', iat: start, exp: start + 900 }) })) {
    test(`${way}: ${name}, so the page's customer counts as gone`, async (t) => {
      const { items, purse, asked } = stage(t, () => json({ token }))
      items[keyOf(alice)] = tokenFor(alice, 10)
      await assert.rejects(renewal(page, purse)(), { code: 'aborted' })
      assert.deepEqual([tokensIn(items), purse.who(), asked], [[], '', ['proxy']])
    })
  }

  test(`${way}: what arrives after another customer has come changes nothing`, async (t) => {
    for (const token of [tokenFor(alice), tokenFor(bob), anonymous()]) {
      const reply = pending<Response>()
      const { items, purse, asked } = stage(t, () => reply.promise)
      const end = outcome(renewal(page, purse)())
      purse.enter(bob.id)
      reply.resolve(json({ token }))
      await settle()
      assert.deepEqual([end.value, tokensIn(items), purse.who(), asked], ['aborted', [], bob.id, ['proxy']])
      t.mock.timers.reset()
    }
  })
}

test('an expired token is no usable one', async (t) => {
  const { items, purse } = stage(t, () => json({ token: tokenFor(alice, -1) }))
  await assert.rejects(renewal(alone, purse)(), { code: 'server', retryable: true, message: 'no usable token' })
  assert.deepEqual(tokensIn(items), [])
})
