// A tab for a test that is not a scene of this folder. Start it with {engine, programs}; each line of stdin then goes
// somewhere, {url}, or asks what an {expression} comes to on the page.
import { serve } from '../clients/lines.mjs'

let browser

await serve(async ({ engine, programs }) => {
  const { launch } = await import(`./engines/${engine}.mjs`)
  browser = await launch(programs)
  const tab = await browser.open()
  return {
    goto: async ({ url }) => {
      await tab.goto(url)
      return {}
    },
    evaluate: async ({ expression }) => ({ value: await tab.evaluate(expression) }),
  }
}, (error) => error.message)

await browser?.quit()
