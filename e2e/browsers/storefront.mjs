// A shop on loopback, at another host than the service, so that CORS is real.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { headers, theme } from './page.mjs'
import { vouch } from './proof.mjs'

const proxied = '/apps/shapestoken'

export async function storefront(secret, client) {
  const { page, section } = theme(secret, () => { shop.secrets++ })
  const pages = []
  const shop = {
    /** What sections/shapestoken.liquid is rendered with; by default the theme has none. */
    section: undefined,
    /** Where the section was asked for. */
    sections: [],
    /** The service that Shopify asks for the app proxy; by default the shop has none. */
    app: undefined,
    /** What the app proxy was asked, and with which cookie. */
    visits: [],
    /** Who is logged in, if that is no longer who the latest page was for: { customer }. */
    session: undefined,
    /** How often Liquid has read the metafields. */
    secrets: 0,
    /** Puts a page up, to be rendered at each visit, and returns its address. */
    add: (wanted) => `${shop.origin}/page/${pages.push(wanted) - 1}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  const server = createServer((request, response) => {
    try {
      answer(request, response)
    } catch (error) {
      response.writeHead(500).end(String(error)) // the scene will say what is missing
    }
  })
  /** As Shopify: says who is logged in, signed, and passes the service's answer on. */
  async function visit({ headers: { cookie = '' } }, response) {
    shop.visits.push(cookie)
    const [, id] = /shopper=(\d+)/.exec(cookie) ?? []
    const { customer } = shop.session ?? { customer: id }
    const answer = await fetch(`${shop.app}/shopify/proxy/token?${vouch(client, customer, proxied)}`)
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  }
  function answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost')
    if (pathname.startsWith(proxied)) {
      if (shop.app) return visit(request, response).catch((error) => response.writeHead(502).end(String(error)))
      shop.visits.push('none')
    }
    const wanted = pages[/\/page\/(\d+)$/.exec(pathname)?.[1]]
    if (searchParams.get('section_id') === 'shapestoken') {
      shop.sections.push(pathname)
      if (shop.section) return html(response, section(shop.section))
    }
    if (wanted) return html(response, page(wanted), { ...session(wanted), ...headers(wanted) })
    return pathname === '/blank' ? html(response, '<!doctype html><title>Blank</title>') : html(response, '<!doctype html><title>404 Not Found</title>', {}, 404)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  shop.origin = `http://localhost:${server.address().port}`
  shop.twin = `http://127.0.0.1:${server.address().port}` // another origin, and the same site as the service
  return shop
}

/** The shop's own cookie, which scripts cannot read: who is logged in. */
const session = ({ customer }) => ({ 'Set-Cookie': `shopper=${customer ?? ''}; Path=/; HttpOnly; SameSite=Lax` })

const html = (response, text, more, status = 200) => response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', ...more }).end(text)
