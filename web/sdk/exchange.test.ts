import assert from 'node:assert/strict'
import test from 'node:test'
import type { ShapesTokenError } from './error.js'
import { exchange } from './exchange.js'
import { alice, define, json, serve, tokenFor } from './fixture.js'
import { session } from './session.js'

const signal = new AbortController().signal
const attempt = (options: object = alice): Promise<unknown> => exchange(session(options), signal)

async function refusal(options?: object): Promise<ShapesTokenError> {
  const error: unknown = await attempt(options).then(() => assert.fail('it was accepted'), (why: unknown) => why)
  assert.equal((error as Error).name, 'ShapesTokenError')
  return error as ShapesTokenError
}

test('posts one plain request and returns the token', async () => {
  const calls = serve(() => json({ token: 'abc', data: { token: 'abc' } }))
  assert.equal(await attempt({ ...alice, endpoint: alice.endpoint + '/t/acme/' }), 'abc')
  assert.deepEqual(calls, [{
    url: 'https://api.acme.example/t/acme/shopify/api/v1/auth/token',
    init: {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id: alice.customerId, signature: alice.signature }),
      mode: 'cors', credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal,
    },
  }])
})

for (const body of ['', 'null', '"abc"', '[]', '{}', '{"data":{"token":"x"}}', '<html>', '{"token":']) {
  test(`200 with ${body || 'nothing'} gives no token`, async () => {
    serve(() => new Response(body))
    assert.equal(await attempt(), undefined)
  })
}

const answers: [string, number, string, string, string | undefined][] = [
  ['our JSON', 401, '{"error":"secret_missing","message":"Check it.","request_id":"r1"}', 'rejected', 'r1'],
  ['HTML', 502, '<html>Bad gateway</html>', 'server', undefined],
  ['nothing', 500, '', 'server', undefined],
  ['JSON of another kind', 403, '"Forbidden"', 'rejected', undefined],
  ['half an answer', 400, '{"error":', 'rejected', undefined],
  ['a limit', 429, '{"error":"rate_limited","message":"Slow down."}', 'rate_limited', undefined],
]
for (const [name, status, body, code, requestId] of answers) {
  test(`${status} with ${name} is ${code}`, async () => {
    serve(() => new Response(body, { status }))
    const error = await refusal()
    assert.deepEqual([error.code, error.status, error.requestId], [code, status, requestId])
  })
}

test('a network failure tells what to look at', async () => {
  define('location', { value: { origin: 'https://shop.example' } })
  const cause = new TypeError('Failed to fetch')
  serve(() => Promise.reject(cause))
  const error = await refusal()
  assert.equal(error.code, 'network')
  assert.equal(error.cause, cause)
  assert.match(error.message, /https:\/\/api\.acme\.example cannot be reached/)
  assert.match(error.message, /shapestoken origin add <tenant> https:\/\/shop\.example$/)
})

test('an answer that breaks off is a network failure', async () => {
  serve(() => new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError('cut')) })))
  assert.equal((await refusal()).code, 'network')
})

test('a fetch that throws or is missing is a network failure', async () => {
  define('fetch', { value: undefined })
  assert.equal((await refusal()).code, 'network')
})

test('a session with a problem makes no request', async () => {
  const calls = serve(() => json({ token: 'abc' }))
  const error = await refusal({ ...alice, signature: '' })
  assert.equal(error.code, 'config')
  assert.equal(calls.length, 0)
})

test('neither proof nor token is in an error', async () => {
  const token = tokenFor(alice)
  for (const body of [`{"token":"${token}"`, `{"message":"${token} ${alice.signature}"}`]) {
    serve(() => new Response(body, { status: 500 }))
    const error = await refusal()
    const all = JSON.stringify({ ...error, message: error.message, stack: error.stack, cause: String(error.cause) })
    assert.ok(!all.includes(alice.signature) && !all.includes(token))
  }
})
