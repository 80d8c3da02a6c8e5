// Tokens for guests, which the shop's app proxy has and nobody keeps.
import assert from 'node:assert/strict'
import test from 'node:test'
import { client } from './client.js'
import { alice, answer, bob, define, json, jwt, keyOf, outcome, pending, serve, service, settle, stage, start, started, tokenFor, who, type Call } from './fixture.js'

const guest = { source: 'proxy' as const }
const path = '/apps/shapestoken/token'
const now = (): number => Math.floor(Date.now() / 1000)

let jti = 0

/** A shop in which nobody is logged in. */
function visited(seconds = 900): Call[] {
  return serve(() => json({ token: jwt({ pid: 'null', sub: 'anon:' + ++jti, iat: now(), exp: now() + seconds, jti }) }))
}

test('one request for all who ask, and none before', async (t) => {
  const { pass, items, events, lines } = stage(t)
  const calls = visited()
  const { anonymous, token, peek } = started(guest)
  await pass(60)
  assert.equal(calls.length, 0)
  const [one, other] = await Promise.all([anonymous(), anonymous()])
  assert.ok(one)
  assert.deepEqual([other, await anonymous(), calls.map(({ url }) => url)], [one, one, [path]])
  assert.deepEqual([await token(), peek(), items, events, lines], [null, null, {}, [], []])
})

test('it lives in memory until 30 seconds before its end, whatever the device\'s clock', async (t) => {
  for (const ahead of [0, -86_400, 86_400]) {
    const { pass, items } = stage(t)
    const calls = serve(() => json({ token: jwt({ pid: 'null', iat: now() + ahead, exp: now() + ahead + 900, jti: calls.length }) }))
    const { anonymous } = started(guest)
    const first = await anonymous()
    await pass(700, 5)
    assert.deepEqual([await anonymous(), calls.length], [first, 1])
    await pass(171, 5)
    const second = await anonymous()
    assert.ok(second !== first && calls.length === 2)
    assert.deepEqual(items, {})
    t.mock.timers.reset()
    t.mock.restoreAll()
  }
})

test('unasked, nothing is renewed', async (t) => {
  const { pass } = stage(t)
  const calls = visited()
  await started(guest).anonymous()
  await pass(7200, 10)
  assert.equal(calls.length, 1)
})

test('fresh passes over the one in memory, and a signal ends a wait', async (t) => {
  stage(t)
  const calls = visited()
  const { anonymous } = started(guest)
  const first = await anonymous()
  assert.notEqual(await anonymous({ fresh: true }), first)
  assert.equal(calls.length, 2)
  await assert.rejects(anonymous({ fresh: true, signal: AbortSignal.abort() }), { code: 'aborted' })
})

test('a theme that signs may name the path, too', async (t) => {
  stage(t)
  const calls = visited()
  const { anonymous } = started({ endpoint: alice.endpoint, proxy: '/a/tokens/' })
  assert.ok(await anonymous())
  assert.deepEqual(calls.map(({ url }) => url), ['/a/tokens/token'])
})

for (const [name, options] of Object.entries({ 'neither source nor path': { endpoint: alice.endpoint }, 'a path elsewhere': { source: 'proxy', proxy: '//evil.example' } })) {
  test(`${name}: config`, async (t) => {
    stage(t)
    const calls = visited()
    await assert.rejects(started(options).anonymous(), { code: 'config', message: 'no usable id, endpoint or proxy' })
    assert.equal(calls.length, 0)
  })
}

test('before init: config; on a server: none', async (t) => {
  const { items } = stage(t)
  const calls = visited()
  await assert.rejects(client().anonymous(), { code: 'config' })
  for (const name of ['window', 'document', 'localStorage', 'navigator', 'location']) Reflect.deleteProperty(globalThis, name)
  assert.deepEqual([await started(guest).anonymous(), calls.length, items], [null, 0, {}])
})

test('a shop without the app proxy: rejected, once, and told to the caller alone', async (t) => {
  const { events, lines } = stage(t)
  const calls = serve(() => answer('<!doctype html>404', 404))
  await assert.rejects(started(guest).anonymous(), { code: 'rejected', status: 404, retryable: false, message: '/apps/shapestoken is down or no app proxy (404)' })
  assert.deepEqual([calls.length, events, lines], [1, [], []])
})

test('what may pass is tried again', async (t) => {
  const { pass } = stage(t)
  const calls = serve(() => (calls.length < 4 ? json({}, 503) : json({ token: jwt({ pid: 'null', iat: now(), exp: now() + 900 }) })))
  const end = outcome(started(guest).anonymous())
  await pass(10)
  assert.ok(String(end.value).startsWith('ey'))
  assert.equal(calls.length, 4)
})

test('it always settles', async (t) => {
  const { pass } = stage(t)
  serve(() => new Promise<Response>(() => {}))
  const end = outcome(started(guest).anonymous())
  await pass(40)
  assert.equal(end.value, 'timeout')
})

for (const [name, options] of Object.entries({ 'by signature': { ...alice, proxy: '/apps/shapestoken' }, 'by proxy': { id: alice.id, source: 'proxy' } })) {
  test(`a customer's page has none (${name})`, async (t) => {
    stage(t)
    const calls = serve(() => json({ token: tokenFor(alice) }))
    const { anonymous, token } = started(options)
    assert.ok(await token())
    assert.deepEqual([await anonymous(), await anonymous({ fresh: true }), calls.length], [null, null, 1])
  })
}

test('nor has a page on which the id is wrong', async (t) => {
  stage(t)
  const calls = visited()
  assert.deepEqual([await started({ id: 'x', source: 'proxy' }).anonymous(), calls.length], [null, 0])
})

test('a guest\'s page gets no customer\'s token: not the shop\'s, who knows of one', async (t) => {
  const { items, events, lines } = stage(t)
  const calls = serve(() => json({ token: tokenFor(alice) }))
  const { anonymous, token } = started(guest)
  for (const request of [undefined, { fresh: true }]) await assert.rejects(anonymous(request), { code: 'aborted' })
  assert.deepEqual([await token(), calls.length, items, events, lines], [null, 2, {}, [], []])
})

test('nor that of somebody who has logged in in another tab', async (t) => {
  const { items, window } = stage(t)
  const calls = visited()
  const { anonymous, peek, token } = started(guest)
  Object.assign(items, { [who]: alice.id, [keyOf(alice)]: tokenFor(alice) })
  window.dispatchEvent(new Event('storage'))
  assert.deepEqual([await anonymous(), await token(), peek(), calls.length], [null, null, null, 0])
  assert.deepEqual(Object.keys(items), [who, keyOf(alice)])
})

test('nor while the answer is on its way', async (t) => {
  const { items } = stage(t)
  const reply = pending<Response>()
  serve(() => reply.promise)
  const end = outcome(started(guest).anonymous())
  await settle()
  Object.assign(items, { [who]: alice.id, [keyOf(alice)]: tokenFor(alice) })
  reply.resolve(json({ token: jwt({ pid: 'null', iat: start, exp: start + 900 }) }))
  await settle()
  assert.equal(end.value, 'aborted')
})

test('nor what somebody has stored for no customer', async (t) => {
  const left = jwt({ pid: 'a2c4', iat: start, exp: start + 900 }) // the old widget's name no customer
  const { items } = stage(t, { [keyOf({ id: '' })]: left })
  visited()
  assert.notEqual(await started(guest).anonymous(), left)
  assert.deepEqual(items, {})
})

test('after a logout the page is a guest\'s', async (t) => {
  const { items } = stage(t)
  serve(({ url }) => json({ token: url === path ? jwt({ pid: 'null', iat: now(), exp: now() + 900 }) : tokenFor(alice) }))
  for (const logout of [(script: ReturnType<typeof started>) => script.clear(), () => delete items[who]]) {
    const script = started({ ...alice, proxy: '/apps/shapestoken' })
    assert.ok(await script.token())
    assert.equal(await script.anonymous(), null)
    logout(script)
    assert.equal(await script.token(), null)
    assert.ok(await script.anonymous())
    assert.deepEqual(items, {})
  }
})

test('after a login it is a customer\'s, and the guest\'s token is gone', async (t) => {
  const { items, events } = stage(t)
  visited()
  const { anonymous, token, peek, init } = started(guest)
  const theirs = await anonymous()
  service()
  init(alice)
  assert.equal(peek(), null)
  const hers = await token()
  assert.ok(hers && hers !== theirs)
  assert.deepEqual([await anonymous(), items[keyOf(alice)], events.map(([name]) => name)], [null, hers, ['token']])
  visited()
  init(guest)
  assert.notEqual(await anonymous(), theirs)
})

test('a page that names a wrong id meanwhile is told so, and not given the guest\'s token', async (t) => {
  stage(t)
  const reply = pending<Response>()
  serve(() => reply.promise)
  const { anonymous, token, init } = started(guest)
  const end = outcome(anonymous())
  await settle()
  init({ ...guest, id: 'gid://x' })
  await assert.rejects(token(), { code: 'config' })
  reply.resolve(json({ token: jwt({ pid: 'null', iat: start, exp: start + 900 }) }))
  await settle()
  assert.ok(end.value)
})

test('a customer who is gone by the shop\'s word is told of, and has no token', async (t) => {
  for (const token of [jwt({ pid: 'null', iat: start, exp: start + 900 }), tokenFor(bob)]) {
    const { events, lines, items } = stage(t, { [who]: alice.id, [keyOf(alice)]: tokenFor(alice, 20) })
    serve(() => json({ token }))
    const script = started({ id: alice.id, source: 'proxy' })
    await assert.rejects(script.token(), { code: 'aborted' })
    assert.deepEqual([await script.token(), script.peek(), items, lines], [null, null, {}, []])
    assert.deepEqual(events, [['cleared', { customerId: alice.id }]])
    t.mock.timers.reset()
    t.mock.restoreAll()
  }
})

test('consent or not, nothing of a guest is kept', async (t) => {
  const { items } = stage(t)
  define('Shopify', { customerPrivacy: { preferencesProcessingAllowed: () => true }, loadFeatures() {} })
  visited()
  await started({ ...guest, consent: 'preferences' }).anonymous()
  document.dispatchEvent(new Event('visitorConsentCollected'))
  assert.deepEqual(items, {})
})

test('debugging tells whom was asked, and the end of what came', async (t) => {
  const { lines } = stage(t)
  visited()
  const found = await started({ ...guest, debug: true }).anonymous()
  assert.deepEqual(lines, ['[shapestoken] /apps/shapestoken', '[shapestoken] …' + found!.slice(-4)])
})
