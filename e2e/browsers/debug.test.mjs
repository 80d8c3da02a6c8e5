// Debug mode says what happens, and gives nothing away.
import { createServer } from 'node:http'
import { once } from 'node:events'
import { check } from './check.mjs'
import { proof, scene } from './lab.mjs'
import { asking, failure, hurried } from './prelude.mjs'
import { alice } from './token.mjs'

/** What the script has said on the console. */
const said = async (tab) => (await tab.seen()).console.filter((line) => line.includes('[shapestoken]')).join('\n')

scene('debug tells the steps, without token or signature', async ({ tab, lane }) => {
  await tab.visit({ customer: alice, args: { debug: true } })
  const { token } = await tab.token()
  const { signature } = JSON.parse(lane.exchanges[0].body)
  const lines = await said(tab)
  check.match(lines, /^debug: \[shapestoken\] /)
  check.equal(lines.includes(token), false)
  check.equal(lines.includes(signature), false)
  check.doesNotMatch(lines, /eyJ[\w-]{8}|[0-9a-f]{32}/)
  check.ok(lines.includes(token.slice(-4)))
})

scene('without debug a good page says nothing', async ({ tab }) => {
  await tab.visit({ customer: alice })
  await tab.token()
  check.equal(await said(tab), '')
})

scene('debug tells an origin that is not listed', async ({ tab, shop }) => {
  await tab.goto(tab.address({ customer: alice, args: { debug: true }, prelude: [asking, hurried] }).replace(shop.origin, shop.twin))
  check.equal((await tab.asked()).error.code, 'network')
  await tab.until(`seen.console.some((line) => line.includes('origin add'))`)
  check.ok((await said(tab)).includes(`origin add <tenant> ${shop.twin}`))
}, { tenant: 'brief' })

scene('debug tells a service that is down', async ({ tab, lane }) => {
  await tab.visit({ prelude: [hurried] })
  const { error } = await tab.evaluate(`(shapestoken.init({ ...${proof(alice, lane)}, endpoint: '${await nobody()}', debug: true }), shapestoken.token().then(null, ${failure}))`)
  check.equal(error.code, 'network')
  await tab.until(`seen.console.some((line) => line.startsWith('debug') && line.includes('down'))`)
  check.doesNotMatch(await said(tab), /origin add/)
})

/** An address where nobody listens. */
async function nobody() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  await new Promise((closed) => server.close(closed))
  return `http://127.0.0.1:${port}`
}
