// WebKitGTK's MiniBrowser, by W3C WebDriver: HTTP and JSON, so fetch is client enough.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { unwrap, wrap } from './wrap.mjs'

export async function launch({ xvfb, webkitdriver, minibrowser }) {
  const screen = spawn(xvfb, ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const [display] = await once(screen.stdio[3], 'data')
  const port = await free()
  const env = { ...process.env, DISPLAY: `:${String(display).trim()}`, GDK_BACKEND: 'x11' }
  const driver = spawn(webkitdriver, ['--host=127.0.0.1', `--port=${port}`], { env, stdio: 'ignore' })
  const end = () => [driver, screen].forEach((child) => child.kill())
  process.once('exit', end)
  const ask = await session(`http://127.0.0.1:${port}`, minibrowser)
  const cover = await ask('GET', '/window') // the window a browser starts with
  return {
    open: () => open(ask, cover),
    quit: () => ask('DELETE', '').finally(end),
  }
}

async function free() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  await new Promise((closed) => probe.close(closed))
  return port
}

/** Starts the browser, and returns how to ask it for anything. */
async function session(base, binary) {
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args: ['--automation'] } } }
  while (!(await command(base, 'GET', '/status').catch(() => null))) await new Promise((later) => setTimeout(later, 20))
  const { sessionId } = await command(base, 'POST', '/session', { capabilities })
  const ask = (method, path, body) => command(`${base}/session/${sessionId}`, method, path, body)
  await ask('POST', '/timeouts', { script: null }) // it would run by the page's clock, which scenes change
  return ask
}

async function command(base, method, path, body) {
  const response = await fetch(base + path, { method, body: body && JSON.stringify(body) })
  const { value } = await response.json()
  if (value?.error) throw new Error(`WebKit: ${value.error}: ${value.message}`)
  return value
}

let queue = Promise.resolve()

/** Commands are about the window chosen last, so choosing and asking must not be parted. */
function alone(work) {
  const result = queue.then(work)
  queue = result.catch(() => {})
  return result
}

/** There is no kill: a session ends when one of its pages crashes. */
async function open(ask, cover) {
  const at = (handle) => (method, path, body) => alone(async () => {
    await ask('POST', '/window', { handle })
    return ask(method, path, body)
  })
  // A window, because a tab of WebKit's is opened behind the others.
  const { handle } = await at(cover)('POST', '/window/new', { type: 'window' })
  const here = at(handle)
  return {
    goto: (url) => here('POST', '/url', { url }),
    evaluate: async (expression) => unwrap(await here('POST', '/execute/sync', { script: `return ${wrap(expression)}`, args: [] })),
    hide: () => here('POST', '/window/minimize', {}),
    show: () => here('POST', '/window/rect', { width: 1024, height: 768 }),
    close: () => here('DELETE', '/window'),
  }
}
