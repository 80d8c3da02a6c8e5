// Where the scenes play: one engine, one shop, one proxy before the real
// program. Everything is started once for all files, and ended after them.
// The Go test says in SHAPESTOKEN_LAB which engine, and where the program is.
import { execFileSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { tally } from './check.mjs'
import { fault } from './fault.mjs'
import { sign } from './proof.mjs'
import { storefront } from './storefront.mjs'
import { tab as dress } from './tab.mjs'

const given = JSON.parse(process.env.SHAPESTOKEN_LAB ?? 'null')
if (!given) throw new Error('run these by: go test -run TestBrowsers (in e2e)')
export const { engine } = given
const { launch } = await import(`./engines/${engine}.mjs`)
const unable = []
let browser, shop, proxy

before(async () => {
  shop = await storefront(given.secret, given.client)
  proxy = await fault(given.service)
  for (const tenant of ['acme', 'brief']) await list(tenant, shop.origin)
  await list('acme', shop.twin)
  browser = await launch(given.programs)
})

after(async () => {
  await browser?.quit()
  shop?.close()
  proxy?.close()
  for (const line of unable) console.log(`not in ${engine}: ${line}`)
  console.log(`assertions: ${tally.assertions}`)
})

/** Lists the shop's origin, and waits until the running service knows it. */
async function list(tenant, origin) {
  execFileSync(given.program, ['origin', 'add', tenant, origin, '--json'], { cwd: given.folder })
  const preflight = { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } }
  const listed = async () => (await fetch(`${given.service}/t/${tenant}/shopify/api/v1/auth/token`, preflight)).headers.has('access-control-allow-origin')
  while (!(await listed())) await new Promise((later) => setTimeout(later, 20))
}

/** What init takes, signed so many seconds ago. */
export const proof = (customer, { endpoint }, ago) => JSON.stringify({ endpoint, ...sign(given.secret, customer, ago) })

const wanted = new RegExp(process.env.SCENES ?? '')

/**
 * A test in a browser whose storage is empty, on a lane of its own. `without`
 * names the engines that cannot play it, each with the reason, which is told.
 */
export function scene(name, play, { without = {}, tenant } = {}) {
  if (!wanted.test(name)) return
  if (without[engine]) return void unable.push(`${name}: ${without[engine]}`)
  test(name, { timeout: 60_000 }, async () => {
    const lane = proxy.lane(tenant)
    const dressed = (raw) => dress(raw, (page) => shop.add({ endpoint: lane.endpoint, ...page }))
    const more = []
    const open = async (page) => {
      const tab = dressed(await browser.open())
      more.push(tab)
      if (page) await tab.visit(page)
      return tab
    }
    Object.assign(shop, { section: undefined, sections: [], app: undefined, visits: [], session: undefined, secrets: 0 })
    const raw = await stage()
    try {
      await play({ tab: dressed(raw), open, lane, shop, proxy })
      kept = raw
    } finally {
      if (!kept) more.push(raw)
      await Promise.all(more.map((tab) => tab.close().catch(() => {}))) // it may be gone already
    }
  })
}

let kept

/** The tab of the scene before, if that went well; else a new one. Its storage is empty. */
async function stage() {
  const raw = kept ?? await browser.open()
  kept = undefined
  await raw.goto(`${shop.origin}/blank`)
  await raw.evaluate('localStorage.clear()')
  return raw
}
