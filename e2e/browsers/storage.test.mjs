// What may be found in storage, and storage that refuses.
import { check } from './check.mjs'
import { scene } from './lab.mjs'
import { hurried, sabotage } from './prelude.mjs'
import { alice, bob, claims, forge, key, now } from './token.mjs'

const good = { iss: 'https://id.example.com', sub: 'p', pid: 'p', customer_id: alice, iat: now(), exp: now() + 900 }
const jwt = forge(good)
const [head, body, tail] = jwt.split('.')
const without = (name) => forge({ ...good, [name]: undefined })

const bad = {
  'empty': '', 'a blank': ' ', 'null': 'null', 'undefined': 'undefined', 'an object': '{}', 'an array': '[]', 'two quotes': '""',
  'one part': head, 'two parts': `${head}.${body}`, 'only dots': '..', 'an empty payload': `${head}..${tail}`, 'no signature': `${head}.${body}.`,
  'four parts': `${jwt}.${tail}`, 'an encrypted one': `${head}.${head}.${body}.${tail}.${tail}`,
  'in quotes': `"${jwt}"`, 'in single quotes': `'${jwt}'`, 'a blank before': ` ${jwt}`, 'a line end after': `${jwt}\n`, 'with its scheme': `Bearer ${jwt}`, 'as JSON': JSON.stringify({ token: jwt }),
  'padded': `${head}.${body}==.${tail}`, 'not base64url': `${head}.${body}*.${tail}`, 'not ASCII': `${head}.é${body}.${tail}`,
  'payload no JSON': forge('pid'), 'payload null': forge('null'), 'payload an array': forge('[]'), 'payload a number': forge('1'), 'payload cut off': forge(JSON.stringify(good).slice(0, -2)),
  'payload with its claims in __proto__': forge(`{"__proto__":${JSON.stringify(good)}}`),
  'no pid': without('pid'), 'an empty pid': forge({ ...good, pid: '' }), 'pid null': forge({ ...good, pid: null }),
  'no exp': without('exp'), 'exp null': forge({ ...good, exp: null }), 'exp a date': forge({ ...good, exp: '2099-01-01' }),
  'expired long ago': forge({ ...good, iat: 1, exp: 901 }), 'expired a second ago': forge({ ...good, iat: now() - 900, exp: now() - 1 }), 'about to expire': forge({ ...good, iat: now() - 880, exp: now() + 15 }),
  'somebody else\'s': forge({ ...good, customer_id: bob }), 'somebody else\'s, a number': forge({ ...good, customer_id: Number(bob) }),
  'from tomorrow': forge({ ...good, iat: now() + 86400, exp: now() + 87300 }),
  'huge': 'x'.repeat(1_000_000), 'markup': '<script>alert(1)</script>',
}

scene(`${Object.keys(bad).length} bad tokens in storage: one exchange each, and a good token`, async ({ tab, lane }) => {
  for (const [name, value] of Object.entries(bad)) {
    const before = lane.exchanges.length
    await tab.visit({ customer: alice, prelude: [`localStorage.clear(); localStorage.setItem('${key(alice)}', ${JSON.stringify(value).replaceAll('<', '\\u003c')})`] })
    const { token } = await tab.token()
    const stored = (await tab.stored())[key(alice)]
    check.deepEqual([claims(token).customer_id, stored === token, token !== value, lane.exchanges.length - before], [alice, true, true, 1], name)
  }
  check.deepEqual((await tab.seen()).rejections, [])
})

scene('tokens that the old widget wrote are used as they are', async ({ tab, lane }) => {
  const { pid, iat, exp } = good
  for (const [name, token] of Object.entries({ 'pid and exp': forge({ pid, exp }), 'with iat': forge({ pid, iat, exp }), 'pid a number': forge({ pid: 7, exp, iat }), 'customer_id a number': forge({ ...good, customer_id: Number(alice) }) })) {
    await tab.visit({ customer: alice, prelude: [`localStorage.clear(); localStorage.setItem('${key(alice)}', '${token}')`] })
    check.deepEqual([(await tab.token()).token === token, lane.exchanges.length], [true, 0], name)
  }
})

/** A token all the same, one exchange, nothing thrown; the page is told where the token lives. */
async function copes(tab, lane, persistent) {
  const { token } = await tab.token()
  check.equal(claims(token).customer_id, alice)
  check.equal((await tab.token()).token, token)
  check.equal(lane.exchanges.length, 1)
  const { errors, rejections, events } = await tab.seen()
  check.deepEqual([errors, rejections], [[], []])
  check.deepEqual(events.map(({ event, persistent, code }) => persistent ?? code ?? event), [persistent])
}

for (const [name, text] of Object.entries(sabotage)) {
  scene(`storage: ${name}`, async ({ tab, lane }) => {
    await tab.visit({ customer: alice, prelude: [text] })
    await copes(tab, lane, /removing|enumerating/.test(name))
  })
}

scene('storage: full', async ({ tab, lane }) => {
  await tab.evaluate(`(() => {
    for (let piece = 'x'.repeat(1 << 20), n = 0; piece; ) try { localStorage.setItem('filler' + n++, piece) } catch { piece = piece.slice(piece.length / 2 + 0.5) }
  })()`)
  try {
    await tab.visit({ customer: alice })
    await copes(tab, lane, false)
  } finally {
    await tab.until(`(localStorage.clear(), localStorage.setItem('room', 'x'.repeat(9999)), localStorage.clear(), true)`) // Firefox frees it late
  }
})

scene('a sandboxed frame has no origin: a coded error', async ({ tab, lane }) => {
  const tell = `<script>addEventListener('load', () => shapestoken.token().then((token) => ({ token }), ({ code }) => ({ code }))
    .then((outcome) => parent.postMessage({ outcome, errors: seen.errors, rejections: seen.rejections }, '*')))</script>`
  const frame = tab.address({ customer: alice, prelude: [hurried], extra: tell })
  await tab.visit({ load: 'no script', prelude: [`addEventListener('message', ({ data }) => { seen.message = data })`], extra: `<iframe sandbox="allow-scripts" src="${frame}"></iframe>` })
  await tab.until('seen.message')
  check.deepEqual((await tab.seen()).message, { outcome: { code: 'network' }, errors: [], rejections: [] })
  check.ok(lane.exchanges.length <= 4)
})
