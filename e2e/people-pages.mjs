// Looks at every page that people see, in one engine, and prints what is wrong.
// The Go test says in the argument what to look at.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const given = JSON.parse(process.argv[2])
const { launch } = await import(`./browsers/engines/${given.engine}.mjs`)
const axe = given.task === 'axe' && readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const all = await (await fetch(`${given.origin}/samples`)).json()
const browser = await launch(given.programs)
try {
  console.log(JSON.stringify(await { axe: access, texts, forms, pictures }[given.task](await browser.open())))
} finally {
  await browser.quit()
}

/** Every page in every look: what axe-core says, and what else can be measured. Chromium only. */
async function access(tab) {
  const wrong = []
  let looks = 0
  await tab.page.evaluateOnNewDocument(`window.violations = []; addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI))`)
  for (const lang of ['en', 'de']) {
    await tab.page.setExtraHTTPHeaders({ 'Accept-Language': lang })
    for (const size of given.sizes) for (const scheme of ['light', 'dark']) {
      await dress(tab.page, size, scheme)
      for (const name of all) {
        await tab.goto(`${given.origin}/${name}`)
        await tab.page.evaluate(`${axe}; for (const folded of document.querySelectorAll('details')) folded.open = true`)
        for (const line of await tab.evaluate(`(${measure})(${JSON.stringify(scheme)})`)) wrong.push(`${name}, ${lang}, ${size.name}, ${scheme}: ${line}`)
        looks++
      }
    }
  }
  return { looks, wrong }
}

async function dress(page, { name, ...size }, scheme) {
  await page.setViewport({ ...size, isMobile: name === 'phone' })
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
}

/** Runs in the page. */
async function measure(scheme) {
  const { violations: found, incomplete } = await axe.run(document, { resultTypes: ['violations', 'incomplete'] })
  const wrong = [...found, ...incomplete].flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) => `${id}: ${html.slice(0, 120)} ${[...any, ...all, ...none].map(({ message }) => message).join('; ')}`))
  for (const target of document.querySelectorAll('a, button, summary, input:not([type=hidden])')) {
    const { width, height } = target.getBoundingClientRect()
    if (width < 44 || height < 44) wrong.push(`${target.outerHTML.slice(0, 80)} is ${width} by ${height}`)
  }
  if (document.documentElement.scrollWidth > innerWidth) wrong.push(`${document.documentElement.scrollWidth} wide, of ${innerWidth}`)
  const { color, backgroundColor } = getComputedStyle(document.body)
  const [ink, paper] = [color, backgroundColor].map((color) => Number(/\d+/.exec(color)))
  if (color === 'rgb(0, 0, 0)' || (ink < paper) !== (scheme === 'light')) wrong.push(`not styled: ${color} on ${backgroundColor}`)
  if (violations.length) wrong.push(`the policy is broken: ${violations}`)
  return wrong
}

/** Pages with each hostile text in all their fields: what has run, and how much of it runs where it may. */
async function texts(tab) {
  const payloads = await (await fetch(`${given.origin}/payloads`)).json()
  const ran = []
  const control = []
  await tab.goto(`${given.origin}/end`)
  for (const text of payloads) {
    for (const path of await tab.evaluate(`(${framed})(${JSON.stringify([...given.pages, '/control'])}, ${JSON.stringify(text)})`)) {
      (path === '/control' ? control : ran).push(`${path}: ${text}`)
    }
  }
  return { payloads: payloads.length, control: control.length, ran }
}

/** Runs in the page: opens each path with the text, all at once, and returns those where it has run. */
async function framed(paths, text) {
  const runs = paths.map(async (path) => {
    const frame = document.createElement('iframe')
    frame.src = `${path}?${new URLSearchParams({ text })}`
    await new Promise((loaded) => { frame.onload = loaded; document.body.append(frame) })
    await new Promise((later) => setTimeout(later, 0))
    const { __pwned, document: { title } } = frame.contentWindow
    frame.remove()
    return __pwned || !title ? [path] : [] // no title: it is not the page
  })
  return (await Promise.all(runs)).flat()
}

/** Sends forms, and says where each came to. */
async function forms(tab) {
  const came = []
  for (const { from, answer, to } of given.visits) {
    await fetch(`${given.origin}/next?${new URLSearchParams({ to: answer })}`)
    await tab.goto(given.origin + from)
    await tab.evaluate(`(() => {
      for (const field of document.querySelectorAll('input:not([type=hidden])')) field.value = 'robin@example.com'
      setTimeout(() => document.querySelector('button.main').click())
    })()`)
    came.push(await arrival(tab, to))
  }
  return came
}

/** Where the tab is: there, or wherever it still is after some time. */
async function arrival(tab, there) {
  let at
  for (const end = Date.now() + given.patience; Date.now() < end && at !== there; await new Promise((later) => setTimeout(later, 20))) {
    at = await tab.evaluate('location.href').catch(() => at) // it may be under way
  }
  return at
}

/** Draws pages; Chromium only. A phone has twice the pixels. */
async function pictures({ page }) {
  for (const size of given.sizes) for (const scheme of ['light', 'dark']) {
    await dress(page, { ...size, deviceScaleFactor: size.name === 'phone' ? 2 : 1 }, scheme)
    for (const [name, path] of Object.entries(given.pages)) {
      await page.goto(`${given.origin}/${path}`)
      await page.screenshot({ path: `${given.folder}/${name}-${size.name}-${scheme}.png`, fullPage: true, optimizeForSpeed: false })
    }
  }
  return 'drawn'
}
