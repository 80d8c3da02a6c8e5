// What Chromium and Firefox have in common: puppeteer speaks to both.
import puppeteer from 'puppeteer-core'
import { unwrap, wrap } from './wrap.mjs'

export const launch = (options) => puppeteer.launch({ headless: true, ...options })

/** The interface of every engine: open a tab, and end everything. */
export async function tabs(browser, kill) {
  const [cover] = await browser.pages() // the tab a browser starts with
  return {
    async open() {
      const page = await browser.newPage()
      return {
        page,
        goto: (url) => page.goto(url),
        evaluate: async (expression) => unwrap(await page.evaluate(wrap(expression))),
        hide: () => cover.bringToFront(),
        show: () => page.bringToFront(),
        close: () => page.close(),
        kill: () => kill(page),
      }
    },
    quit: () => browser.close(),
  }
}
