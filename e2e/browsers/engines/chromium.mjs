// Chromium, over its own protocol.
import { launch as start, tabs } from './puppeteer.mjs'

const flags = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync']

export async function launch({ chromium }) {
  const browser = await start({
    executablePath: chromium,
    args: flags,
    ignoreDefaultArgs: ['--disable-back-forward-cache'], // puppeteer's own; shoppers have that cache
  })
  return tabs(browser, crash)
}

/** Ends the tab's process, and with it the call itself. */
async function crash(page) {
  const gone = new Promise((resolve) => page.once('error', resolve))
  const protocol = await page.createCDPSession()
  protocol.send('Page.crash').catch(() => {})
  await gone
}
