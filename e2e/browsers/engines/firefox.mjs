// Firefox, over WebDriver BiDi.
import { killBusiest } from './process.mjs'
import { launch as start, tabs } from './puppeteer.mjs'

export async function launch({ firefox }) {
  const browser = await start({ browser: 'firefox', executablePath: firefox })
  const { pid } = browser.process()
  return tabs(browser, (page) => killBusiest(pid, /contentproc/, () => page.evaluate('for (const end = Date.now() + 400; Date.now() < end;);')))
}
