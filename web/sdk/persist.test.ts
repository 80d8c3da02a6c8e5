import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { ShapesTokenError } from './error.js'
import { exchange } from './exchange.js'
import { answer, clock, json, open, outcome, serve, session, tokenFor, alice } from './fixture.js'
import { persist } from './persist.js'
import type { Code, Details } from './shapestoken.js'
import { within } from './within.js'

open()
const failing = (code: Code, details?: Details): { (): Promise<never>; times: number[] } => {
  const work = (): Promise<never> => (work.times.push(Date.now()), Promise.reject(new ShapesTokenError(code, 'x', details)))
  work.times = [] as number[]
  return work
}

test('what succeeds is done once', async () => {
  let done = 0
  assert.equal(await persist(async () => ++done), 1)
})

for (const code of ['config', 'rejected', 'aborted'] as const) {
  test(`${code} is not tried again`, async () => {
    const work = failing(code)
    await assert.rejects(persist(work), { code })
    assert.equal(work.times.length, 1)
  })
}

test('an error of another kind is passed on at once', async () => {
  const error = new TypeError('a mistake')
  await assert.rejects(persist(() => Promise.reject(error)), error)
})

for (const code of ['network', 'timeout', 'rate_limited', 'server'] as const) {
  test(`${code} is tried four times in all, each pause twice as long at most`, async (t) => {
    t.mock.method(Math, 'random', () => 0.999)
    const pass = clock(t)
    const work = failing(code)
    const end = outcome(persist(work))
    await pass(8, 0.001)
    assert.equal(end.value, code)
    assert.deepEqual(work.times.slice(1).map((time, n) => time - work.times[n]!), [999, 1998, 3996])
  })
}

test('a success after failures is the result', async (t) => {
  const pass = clock(t)
  let tries = 0
  const end = outcome(persist(() => (++tries < 4 ? failing('server')() : Promise.resolve('at last'))))
  await pass(8)
  assert.equal(end.value, 'at last')
})

test('what the service asks for is added to the pause', async (t) => {
  t.mock.method(Math, 'random', () => 0.5)
  const pass = clock(t)
  const work = failing('rate_limited', { retryAfter: 3 })
  void outcome(persist(work))
  await pass(20, 0.01)
  assert.deepEqual(work.times.slice(1).map((time, n) => time - work.times[n]!), [3500, 4000, 5000])
})

test('no try begins after 13 seconds; a longer wait is not begun, nor one until a date', async (t) => {
  t.mock.method(Math, 'random', () => 0)
  const pass = clock(t)
  for (const [retryAfter, tries] of [[12.99, 2], [13, 1], [86_400, 1], [NaN, 1], [Infinity, 1], [-5, 4]] as const) {
    const work = failing('rate_limited', { retryAfter })
    const end = outcome(persist(work))
    await pass(13)
    assert.deepEqual([work.times.length, end.value], [tries, 'rate_limited'], String(retryAfter))
  }
})

const reply = fc.oneof(
  fc.constantFrom('hang', 'deaf', 'network', 'good', 'garbage', 'foreign'),
  fc.record({ status: fc.constantFrom(400, 401, 403, 404, 429, 500, 502, 503), after: fc.oneof(fc.integer({ min: -9, max: 99 }).map(String), fc.string({ unit: 'grapheme-ascii' }).map((text) => text.trim()), fc.constantFrom('', 'Infinity', '1e9', 'Sun, 22 Nov 2026 01:00:00 GMT')) }),
)

test('whatever the service does: four tries at most, an end within 40 s, and none after a refusal', async (t) => {
  const pass = clock(t)
  await fc.assert(fc.asyncProperty(fc.array(reply, { minLength: 4, maxLength: 4 }), fc.array(fc.constantFrom(0, 1000, 3000, 7000, 9000), { minLength: 4, maxLength: 4 }), async (replies, delays) => {
    let tries = 0
    const calls = serve(({ init }) => new Promise((resolve, reject) => {
      const now = replies[tries]!
      const delay = delays[tries++]!
      if (now !== 'deaf') init.signal!.addEventListener('abort', () => reject(new DOMException('x', 'AbortError')))
      if (now === 'hang' || now === 'deaf') return
      setTimeout(() => {
        if (now === 'network') reject(new TypeError('x'))
        else resolve(typeof now === 'string' ? (now === 'good' ? json({ token: tokenFor(alice) }) : answer('<')) : json({}, now.status, { 'Retry-After': now.after }))
      }, delay)
    }))
    const end = outcome(persist(() => within(exchange(session))).then(() => 'token'))
    await pass(40, 1)
    assert.ok(end.value, 'it did not end')
    assert.ok(calls.length <= 4)
    const refused = replies.findIndex((each, n) => typeof each === 'object' && each.status < 429 && delays[n]! < 8000)
    if (refused >= 0) assert.ok(calls.length <= refused + 1)
  }), { numRuns: 300 })
})

test('1,000 clients that failed together do not come back together', async (t) => {
  const pass = clock(t)
  const clients = Array.from({ length: 1000 }, () => failing('network'))
  for (const work of clients) void outcome(persist(work))
  await pass(8, 0.01)
  assert.ok(clients.every(({ times }) => times.length === 4))
  const later = clients.flatMap(({ times }) => times.slice(1).map((time) => time - times[0]!)).sort((a, b) => a - b)
  // The middle 80 % of what comes back takes at least 2 s, and no quarter of a second sees a fifth of it.
  const at = (share: number): number => later[Math.floor(share * (later.length - 1))]!
  assert.ok(at(0.9) - at(0.1) >= 2000, `${at(0.1)} to ${at(0.9)}`)
  for (const from of later) assert.ok(later.filter((time) => time >= from && time < from + 250).length < later.length / 5)
})
