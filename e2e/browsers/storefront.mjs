// A shop on loopback, at another host than the service, so that CORS is real.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { headers, theme } from './page.mjs'

export async function storefront(secret) {
  const { page, section } = theme(secret)
  const pages = []
  const shop = {
    /** What sections/shapestoken.liquid is rendered with; by default the theme has none. */
    section: undefined,
    /** Where the section was asked for. */
    sections: [],
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
  function answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost')
    const wanted = pages[/\/page\/(\d+)$/.exec(pathname)?.[1]]
    if (searchParams.get('section_id') === 'shapestoken') {
      shop.sections.push(pathname)
      if (shop.section) return html(response, section(shop.section))
    }
    if (wanted) return html(response, page(wanted), headers(wanted))
    return pathname === '/blank' ? html(response, '<!doctype html><title>Blank</title>') : response.writeHead(404).end()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  shop.origin = `http://localhost:${server.address().port}`
  shop.twin = `http://127.0.0.1:${server.address().port}` // another origin, and the same site as the service
  return shop
}

const html = (response, text, more) => response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...more }).end(text)
