// When the script acts unasked, and when it keeps still.
import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { alice, define, json, jwt, keyOf, outcome, pending, serve, service, settle, stage, start, started, tokenFor, who, type Call } from './fixture.js'

/** How many requests there were after so many seconds, one line for each change. */
async function times(pass: (seconds: number, step?: number) => Promise<void>, calls: Call[], until: number, step = 0.5): Promise<number[]> {
  const seen: number[] = []
  for (let second = 0; second < until; second += step) {
    await pass(step, step)
    while (seen.length < calls.length) seen.push(second + step)
  }
  return seen
}

for (const [random, at] of [[0, 810], [0.5, 765], [1 - Number.EPSILON, 720]] as const) {
  test(`a token is replaced at ${at / 9} % of its life, unasked`, async (t) => {
    t.mock.method(Math, 'random', () => random)
    const { pass } = stage(t)
    const calls = service()
    started()
    const [, second, third] = await times(pass, calls, 1700)
    assert.ok(second! >= at && second! <= at + 1, String(second))
    assert.ok(third! >= 2 * at && third! <= 2 * at + 2, String(third))
  })
}

test('while nobody looks, nothing happens; when somebody does again, it happens at once', async (t) => {
  const { pass, document, window } = stage(t)
  const calls = service()
  started()
  await pass(0)
  document.hidden = true
  await pass(2000, 10)
  assert.equal(calls.length, 1)
  window.dispatchEvent(new Event('visibilitychange'))
  await pass(1)
  assert.equal(calls.length, 1)
  document.hidden = false
  window.dispatchEvent(new Event('visibilitychange'))
  await pass(1)
  assert.equal(calls.length, 2)
})

for (const event of ['visibilitychange', 'pageshow', 'online', 'storage']) {
  test(`at ${event} a token is looked after, and otherwise left alone`, async (t) => {
    const { pass, window } = stage(t)
    const calls = service()
    started()
    await pass(0)
    window.dispatchEvent(new Event(event))
    await pass(1)
    assert.equal(calls.length, 1)
    t.mock.timers.setTime((start + 850) * 1000) // the device slept: its timers did not run
    window.dispatchEvent(new Event(event))
    await settle()
    assert.equal(calls.length, 2)
  })
}

test('a page that loads hidden asks when it is seen, or when a script does', async (t) => {
  const { pass, document, window } = stage(t)
  const calls = service()
  document.hidden = true
  const { token } = started()
  await pass(10)
  assert.equal(calls.length, 0)
  document.hidden = false
  window.dispatchEvent(new Event('visibilitychange'))
  await pass(1)
  assert.equal(calls.length, 1)
  document.hidden = true
  assert.ok(await token({ fresh: true }))
})

test('tokens with a short life are not replaced more often than every 9 seconds', async (t) => {
  const { pass } = stage(t)
  const calls = service(20)
  started()
  const seen = await times(pass, calls, 60)
  assert.ok(seen.length >= 6 && seen.length <= 7, String(seen))
})

test('in a day that somebody looks at the page there is one exchange for the life of each token', async (t) => {
  const { pass } = stage(t)
  const calls = service(3600)
  started()
  await pass(86_400, 30)
  assert.ok(calls.length >= 26 && calls.length <= 31, String(calls.length))
})

test('a token that is due is handed out without waiting while another comes', async (t) => {
  const { pass, document, items } = stage(t)
  const first = service()
  const { token, peek } = started()
  const old = await token()
  document.hidden = true
  await pass(820, 10)
  assert.equal(first.length, 1)
  const reply = pending<Response>()
  const calls = serve(() => reply.promise)
  assert.deepEqual([await token(), await token(), peek()], [old, old, old])
  await settle()
  assert.equal(calls.length, 1)
  reply.resolve(json({ token: tokenFor(alice) }))
  await settle()
  assert.notEqual(await token(), old)
  assert.equal(await token(), items[keyOf(alice)])
  assert.equal(calls.length, 1)
})

test('a token that another tab has stored is taken up, and told of', async (t) => {
  const { items, window, events, pass } = stage(t)
  const calls = service()
  const { token } = started()
  await token()
  const theirs = items[keyOf(alice)] = tokenFor(alice, 1800)
  window.dispatchEvent(new Event('storage'))
  assert.equal(await token(), theirs)
  await pass(1000, 10)
  assert.equal(calls.length, 1)
  assert.deepEqual(events.at(-1)![1], { customerId: alice.id, expiry: start + 1800, persistent: true })
})

for (const ahead of [-86_400, -3600, 3600, 86_400]) {
  test(`a device whose clock is ${-ahead} s off: one exchange, then none; and when it is set right, one more`, async (t) => {
    const { pass } = stage(t)
    let off = ahead
    const calls = serve(() => {
      const iat = Math.floor(Date.now() / 1000) + off
      return json({ token: tokenFor(alice, 900, { iat, off }) })
    })
    const { token } = started()
    const first = await token()
    await pass(600, 5)
    assert.deepEqual([await token(), calls.length], [first, 1])
    assert.equal(await started().token(), first)
    assert.equal(calls.length, 1)
    t.mock.timers.setTime(Date.now() + ahead * 1000)
    off = 0
    const second = await token()
    await pass(600, 5)
    assert.deepEqual([await token(), second === first, calls.length], [second, false, 2])
  })
}

test('a token from the future in storage costs one exchange', async (t) => {
  const { pass } = stage(t, { [who]: alice.id, [keyOf(alice)]: jwt({ pid: 'p', customer_id: alice.id, iat: start + 86_400, exp: start + 87_300 }) })
  const calls = service()
  const { token } = started()
  assert.ok(await token())
  await pass(600, 5)
  assert.ok(await token())
  assert.equal(calls.length, 1)
})

test('a page that is prerendered asks when it is shown', async (t) => {
  const { pass, document } = stage(t)
  const calls = service()
  document.prerendering = true
  const end = outcome(started().token())
  await pass(100, 1)
  assert.deepEqual([calls.length, end], [0, {}])
  document.prerendering = false
  document.dispatchEvent(new Event('prerenderingchange'))
  await pass(0)
  assert.equal(calls.length, 1)
  assert.ok(end.value)
})

/** Two pages that hold one another up at a lock, unless the browser has none. */
async function pair(t: TestContext, locks: object): Promise<number> {
  stage(t)
  define('navigator', locks)
  const calls = service()
  const [one, other] = [started(), started()]
  assert.ok(await one.token())
  assert.ok(await other.token())
  return calls.length
}

test('two pages make one exchange at a lock, and two without', async (t) => {
  let last: Promise<unknown> = Promise.resolve()
  const request = (name: string, work: () => Promise<unknown>): Promise<unknown> => {
    assert.equal(name, 'shapestoken:' + alice.id)
    return (last = last.catch(() => {}).then(work))
  }
  assert.equal(await pair(t, { locks: { request } }), 1)
})

test('two pages make two exchanges where there are no locks', async (t) => assert.equal(await pair(t, {}), 2))
