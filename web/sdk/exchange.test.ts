import assert from 'node:assert/strict'
import test from 'node:test'
import { ShapesTokenError } from './error.js'
import { exchange } from './exchange.js'
import { alice, answer, json, listen, open, pending, serve, session, tokenFor, type Items } from './fixture.js'
import type { Session } from './session.js'

open()
const signal = new AbortController().signal
const path = '/shopify/api/v1/auth/token'

test('one request, as plain as a request can be', async () => {
  const calls = serve(() => json({ token: 'x' }))
  assert.equal(await exchange(session, signal), 'x')
  const { url, init } = calls[0]!
  assert.equal(url, alice.endpoint + path)
  assert.deepEqual({ ...init, body: JSON.parse(String(init.body)) }, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: { id: alice.id, signature: alice.signature },
    credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal,
  })
  assert.equal(calls.length, 1)
})

test('a dated signature goes with its time and shop, an undated one without', async () => {
  const calls = serve(() => json({}))
  const dated = { timestamp: '1795200000', shop: 'acme-dev.myshopify.com' }
  await exchange({ ...session, ...dated }, signal)
  await exchange({ ...session, shop: dated.shop, timestamp: '' }, signal)
  assert.deepEqual(calls.map(({ init }) => Object.keys(JSON.parse(String(init.body)) as object)), [['id', 'signature', 'timestamp', 'shop'], ['id', 'signature']])
})

test('a session that cannot work makes no request', async () => {
  const calls = serve(() => json({}))
  await assert.rejects(exchange({ ...session, problem: true }, signal), { code: 'config', message: 'no usable id or endpoint', retryable: false })
  assert.equal(calls.length, 0)
})

test('a lost answer, or one that is cut off: network, with the cause', async () => {
  const cause = new TypeError('Failed to fetch')
  const cut = { ...json({}), text: () => Promise.reject(cause) } as Response
  for (const reply of [() => Promise.reject(cause), () => cut]) {
    serve(reply)
    await assert.rejects(exchange(session, signal), { code: 'network', retryable: true, cause, message: 'https://api.acme.example is down or does not list https://shop.example' })
  }
})

test('what is not JSON, or no object, is an answer without a token', async () => {
  for (const text of ['', 'null', '[]', '1', '"x"', '<html>', '{"token"', '{}', 'x'.repeat(1e6)]) {
    serve(() => answer(text))
    assert.equal(await exchange(session, signal), undefined, text.slice(0, 9))
  }
})

const refusals: [number, Items, string, boolean][] = [
  [400, {}, 'rejected', false], [401, {}, 'rejected', false], [403, {}, 'rejected', false], [404, {}, 'rejected', false], [408, {}, 'rejected', false],
  [304, {}, 'rejected', false], [430, {}, 'rejected', false], [499, {}, 'rejected', false],
  [429, { 'Retry-After': '7' }, 'rate_limited', true], [500, {}, 'server', true], [503, { 'Retry-After': '7' }, 'server', true], [599, {}, 'server', true],
]
for (const [status, headers, code, retryable] of refusals) {
  test(`${status}: ${code}`, async () => {
    serve(() => json({ error: 'why', message: 'in words', request_id: 'r-1' }, status, headers))
    await assert.rejects(exchange(session, signal), {
      name: 'ShapesTokenError', code, retryable, status, reason: 'why', requestId: 'r-1', message: 'in words (request r-1)', retryAfter: +(headers['Retry-After'] ?? 0),
    })
  })
}

test('a refusal by somebody else\'s server, without our body', async () => {
  for (const text of ['', '<html>502</html>', 'null', '[]', '{"message":""}']) {
    serve(() => answer(text, 502))
    await assert.rejects(exchange(session, signal), { code: 'server', message: /^status 502/ })
  }
})

test('a date to come back at is not understood', async () => {
  serve(() => json({}, 503, { 'Retry-After': 'Sun, 22 Nov 2026 01:00:00 GMT' }))
  await assert.rejects(exchange(session, signal), { retryAfter: NaN })
})

test('no error holds the signature or a token, whatever the service echoes', async () => {
  const secrets = [alice.signature, tokenFor(alice), alice.signature.toUpperCase()]
  for (const secret of secrets) {
    const body = { error: secret, message: `${secret} is wrong`, request_id: secret }
    for (const reply of [() => json(body, 400), () => json(body, 503), () => answer(secret, 500)]) {
      serve(reply)
      const error = await exchange(session, signal).catch((thrown: ShapesTokenError) => thrown) as ShapesTokenError
      assert.ok(!JSON.stringify({ ...error, message: error.message, stack: error.stack }).includes(secret.slice(-5)))
    }
  }
})

test('debugging shows the request, of the signature its end', async (t) => {
  const lines = listen(t)
  serve(() => json({}))
  const chatty: Session = { ...session, debug: true, signature: 'a'.repeat(60) + 'cafe' }
  await exchange(chatty, signal)
  await exchange(session, signal)
  assert.deepEqual(lines, [`[shapestoken] POST {"id":"${alice.id}","signature":"…cafe"}`])
})

test('the caller\'s signal is the request\'s', async () => {
  const abort = new AbortController()
  const calls = serve(() => pending<Response>().promise)
  void exchange(session, abort.signal)
  abort.abort()
  assert.equal(calls[0]!.init.signal!.aborted, true)
})
