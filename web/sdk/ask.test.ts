import assert from 'node:assert/strict'
import test from 'node:test'
import { ask } from './ask.js'
import { decode } from './decode.js'
import { ShapesTokenError } from './error.js'
import { alice, answer, json, jwt, listen, open, serve, session, tokenFor, type Items } from './fixture.js'

open()
const signal = new AbortController().signal
const asking = (more: object = {}, options: RequestInit = { signal }, base = '/base'): ReturnType<typeof ask> => ask({ ...session, ...more }, base, '/path', 'not there', options)

test('what comes back is the answer\'s token, read', async () => {
  const token = tokenFor(alice)
  const calls = serve(() => json({ token, expiry: 1 }))
  assert.deepEqual(await asking(), decode(token))
  assert.deepEqual(calls, [{ url: '/base/path', init: { cache: 'no-store', referrerPolicy: 'no-referrer', signal } }])
})

test('what cannot work makes no request', async () => {
  const calls = serve(() => json({ token: tokenFor(alice) }))
  for (const end of [asking({ problem: true }), asking({}, { signal }, '')]) {
    await assert.rejects(end, { code: 'config', message: 'no usable id, endpoint or proxy', retryable: false })
  }
  assert.equal(calls.length, 0)
})

test('a lost answer, or one that is cut off: network, with the cause', async () => {
  const cause = new TypeError('Failed to fetch')
  const cut = { ...json({}), text: () => Promise.reject(cause) } as Response
  for (const reply of [() => Promise.reject(cause), () => cut]) {
    serve(reply)
    await assert.rejects(asking(), { code: 'network', retryable: true, cause, message: '/base is down or not there' })
  }
})

test('what is not JSON, no object, or has no token is somebody else\'s answer', async () => {
  for (const text of ['', 'null', '[]', '1', '"x"', '<html>', '{"token"', '{}', '{"token":"x"}', JSON.stringify({ token: jwt({}) }), 'x'.repeat(1e6)]) {
    serve(() => answer(text))
    await assert.rejects(asking(), { code: 'server', retryable: true, status: 200, message: '/base is down or not there (200)' }, text.slice(0, 9))
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
    await assert.rejects(asking(), {
      name: 'ShapesTokenError', code, retryable, status, reason: 'why', requestId: 'r-1', message: 'in words (request r-1)', retryAfter: +(headers['Retry-After'] ?? 0),
    })
  })
}

test('a refusal by somebody else\'s server, without our words', async () => {
  for (const text of ['', '<html>502</html>', 'null', '[]', '{"message":""}']) {
    serve(() => answer(text, 502))
    await assert.rejects(asking(), { code: 'server', status: 502, message: '/base is down or not there (502)' })
  }
})

test('a refusal is one, even with a token in it', async () => {
  serve(() => json({ token: tokenFor(alice) }, 403))
  await assert.rejects(asking(), { code: 'rejected', status: 403 })
})

test('a date to come back at is not understood', async () => {
  serve(() => json({}, 503, { 'Retry-After': 'Sun, 22 Nov 2026 01:00:00 GMT' }))
  await assert.rejects(asking(), { retryAfter: NaN })
})

test('no error holds the signature or a token, whatever the service echoes', async () => {
  const secrets = [alice.signature, tokenFor(alice), alice.signature.toUpperCase()]
  for (const secret of secrets) {
    const body = { error: secret, message: `${secret} is wrong`, request_id: secret }
    for (const reply of [() => json(body, 400), () => json(body, 503), () => answer(secret, 500)]) {
      serve(reply)
      const error = await asking().catch((thrown: ShapesTokenError) => thrown) as ShapesTokenError
      assert.ok(!JSON.stringify({ ...error, message: error.message, stack: error.stack }).includes(secret.slice(-5)))
    }
  }
})

test('debugging shows what is sent, or where nothing is, who is asked', async (t) => {
  const lines = listen(t)
  serve(() => json({ token: tokenFor(alice) }))
  const body = JSON.stringify({ signature: 'a'.repeat(60) + 'cafe' })
  for (const debug of [true, false]) {
    await asking({ debug }, { body })
    await asking({ debug })
  }
  assert.deepEqual(lines, ['[shapestoken] {"signature":"…cafe"}', '[shapestoken] /base'])
})
