// A person with a browser, for clients that are told only where to send one. Start it with {login, password}; a visit,
// {url, stop}, ends at the first address that begins with stop, or at a page with nothing to answer.
import { serve } from '../clients/lines.mjs'
import { Browser } from './browser.mjs'

await serve((account) => {
  const browser = new Browser(account)
  return {
    visit: async ({ url, stop }) => {
      const { callback, page } = await browser.visit(url, { stops: (to) => stop && to.href.startsWith(stop) })
      return callback ? { url: callback.href } : { url: page.url.href, status: page.status }
    },
  }
}, (error) => error.code)
