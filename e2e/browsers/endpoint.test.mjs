// Everything a service, or what stands in front of it, may answer.
import { drop, first, half, html, json, raw, reply, silence } from './answers.mjs'
import { check } from './check.mjs'
import { engine, proof, scene } from './lab.mjs'
import { asking, failure, hurried, paced } from './prelude.mjs'
import { alice, bob, claims, forge, key, now } from './token.mjs'

const server = (status) => ({ code: 'server', status, retryable: true, attempts: 4 })
const rejected = (status) => ({ code: 'rejected', status, retryable: false, attempts: 1 })
const useless = { code: 'server', status: undefined, retryable: true, attempts: 4 } // a token, but not for them
const nonsense = { ...useless, status: 200 }
const network = { code: 'network', status: undefined, retryable: true, attempts: 4 }
const foreign = forge({ pid: 'p', customer_id: bob, iat: now(), exp: now() + 900 })

const table = {
  'HTML': [html(200), nonsense],
  'nothing': [reply(200), nonsense],
  '204': [reply(204), { ...nonsense, status: 204 }],
  '5 MB': [reply(200, 'x'.repeat(5_000_000)), nonsense],
  'JSON null': [json(null), nonsense],
  'a JSON array': [json([]), nonsense],
  'a JSON string': [json('token'), nonsense],
  'no token in it': [json({ data: {} }), nonsense],
  'a token that is a number': [json({ token: 7 }), nonsense],
  'a token that is an object': [json({ token: {} }), nonsense],
  'a token that is none': [json({ token: 'ey.ey.ey' }), nonsense],
  'an expired token': [json({ token: forge({ pid: 'p', customer_id: alice, iat: now() - 900, exp: now() - 900 }) }), useless],
  'the token of somebody else': [json({ token: foreign }), useless],
  'JSON that is cut off': [reply(200, '{"token":"ey'), nonsense],
  'HTML with status 500': [html(500), server(500)],
  '500': [reply(500), server(500)],
  '502': [html(502), server(502)],
  '503': [reply(503, '{"error":"server_error"}'), server(503)],
  '504': [html(504), server(504)],
  '400': [reply(400), rejected(400)],
  '401': [reply(401, '{"error":"invalid_signature"}'), rejected(401)],
  '403': [reply(403), rejected(403)],
  '404': [html(404), rejected(404)],
  '405': [reply(405), rejected(405)],
  '413': [html(413), rejected(413)],
  '415': [reply(415), rejected(415)],
  '418': [reply(418, 'a teapot'), rejected(418)],
  '429': [reply(429), { code: 'rate_limited', status: 429, retryable: true, attempts: 4 }],
  'a dropped connection': [drop, network],
  'an answer that breaks off': [half, engine === 'webkit' ? nonsense : network], // WebKitGTK hands over what came as if it were all
  'no HTTP': [raw('hello\r\n\r\n'), network],
  'only 100': [raw('HTTP/1.1 100 Continue\r\n\r\n'), network],
  '101': [raw('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'), network],
  'status 200 without permission to read it': [(response) => response.writeHead(200).end('{}'), network],
}

for (const [name, [answer, expected]] of Object.entries(table)) {
  scene(`the service answers: ${name}`, async ({ tab, lane }) => {
    lane.answer = answer
    await tab.visit({ customer: alice, prelude: [asking, hurried] })
    const { error: { name: type, code, status, retryable } } = await tab.asked()
    check.deepEqual({ code, status, retryable, attempts: lane.exchanges.length }, expected)
    const { errors, rejections, events } = await tab.seen()
    check.deepEqual([type, errors, rejections], ['ShapesTokenError', [], []])
    check.deepEqual(events.map(({ event, code }) => [event, code]), [['error', expected.code]])
    check.equal(key(alice) in (await tab.stored()), false)
  })
}

scene('a service too slow: given up after 8 s, four times', async ({ tab, lane }) => {
  lane.answer = silence
  await tab.visit({ customer: alice, prelude: [asking, paced('ms === 8000 ? 300 : ms < 7000 ? ms / 100 : ms')] })
  const { error: { code, retryable } } = await tab.asked()
  check.deepEqual({ code, retryable, attempts: lane.exchanges.length }, { code: 'timeout', retryable: true, attempts: 4 })
  check.equal((await tab.seen()).delays.filter((ms) => ms === 8000).length, 4)
})

for (const [name, answer] of Object.entries({ 'too slow': silence, 'down': drop, '500': reply(500), '429': reply(429) })) {
  scene(`the service is once ${name}, then well`, async ({ tab, lane }) => {
    lane.answer = first(1, answer)
    await tab.visit({ customer: alice, prelude: [paced('ms === 8000 ? 1500 : ms / 100')] })
    check.equal(claims((await tab.token()).token).customer_id, alice)
    check.equal(lane.exchanges.length, 2)
    check.deepEqual((await tab.seen()).events.map(({ event }) => event), ['token'])
  })
}

scene('Retry-After is waited for', async ({ tab, lane }) => {
  lane.answer = first(1, reply(429, '', { 'Retry-After': '6' }))
  await tab.visit({ customer: alice, prelude: [hurried] })
  check.equal(claims((await tab.token()).token).customer_id, alice)
  check.ok((await tab.seen()).delays.some((ms) => ms >= 6000 && ms < 8000))
})

scene('a Retry-After of an hour is not waited for: the page is told now', async ({ tab, lane }) => {
  lane.answer = reply(429, '', { 'Retry-After': '3600' })
  await tab.visit({ customer: alice, prelude: [asking, hurried] })
  const { error: { code, retryAfter } } = await tab.asked()
  check.deepEqual([code, retryAfter, lane.exchanges.length], ['rate_limited', 3600, 1])
})

for (const status of [301, 302, 303, 307, 308]) {
  scene(`a redirect, ${status}: a coded error, no loop`, async ({ tab, lane }) => {
    lane.answer = (response) => reply(status, '', { Location: `${lane.endpoint}/moved` })(response)
    await tab.visit({ customer: alice, prelude: [asking, hurried] })
    const { error: { code } } = await tab.asked()
    check.ok(['rejected', 'network', 'server'].includes(code), code)
    check.ok(lane.exchanges.length <= 4)
    check.deepEqual((await tab.seen()).rejections, [])
  })
}

for (const [name, inform] of Object.entries({ 102: (response) => response.writeProcessing(), 103: (response) => response.writeEarlyHints({ link: '</x.css>; rel=preload; as=style' }) })) {
  scene(`an informational ${name} before the answer`, async ({ tab, lane }) => {
    lane.answer = (response, pass) => { inform(response); pass() }
    await tab.visit({ customer: alice, prelude: [hurried] })
    check.equal(claims((await tab.token()).token).customer_id, alice)
  })
}

scene('the service\'s own refusals carry its reason and request id', async ({ tab, lane }) => {
  await tab.visit({ customer: alice })
  await tab.token()
  const wrong = JSON.stringify({ ...JSON.parse(proof(bob, lane)), signature: '0'.repeat(64) })
  const { error } = await tab.evaluate(`(shapestoken.init(${wrong}), shapestoken.token().then(null, ${failure}))`)
  check.deepEqual([error.code, error.status, error.reason, error.retryable], ['rejected', 401, 'invalid_signature', false])
  check.match(error.requestId, /^\S{8,}$/)
  check.equal(lane.exchanges.length, 2)
  check.ok((await tab.seen()).console.some((line) => line.startsWith('warn: [shapestoken] rejected: ') && line.includes(error.requestId)))
})
