// The script of a theme: the SDK under one global name, started from the page.
import { clear, init, peek, token, version } from '../sdk/index.js'
import { marker } from './marker.js'

const api = { init, token, peek, clear, version }
const page = globalThis as { shapestoken?: Partial<typeof api> }

function start(): void {
  const options = marker(document)
  if (options) init(options)
}

// A page that includes the snippet twice gets one client, not two that race.
if (!page.shapestoken?.init) {
  page.shapestoken = api
  start()
  // A page from the back/forward cache wakes up with what it knew then.
  addEventListener('pageshow', (event) => event.persisted && start())
}
