// The script of a theme: the SDK under one global name, started from the page.
import { client } from '../sdk/client.js'
import { on } from '../sdk/events.js'
import type { Options } from '../sdk/shapestoken.js'
import { marker } from './marker.js'
import type { Page } from './page.js'

const page = window as Page
const { init: there, q } = page.shapestoken ?? {}

// A page that includes the snippet twice gets one client, not two that race.
if (!there) {
  const api = client()
  const init = (options = marker() as Options | undefined): unknown => options && api.init(options)
  page.shapestoken = { ...api, init, on, version: SHAPESTOKEN_VERSION }
  init()
  q?.forEach((ask) => ask())
}
