import { client } from './client.js'

export type { Arrival, Code, Details, Events, Options, Request } from './shapestoken.js'
export { ShapesTokenError } from './error.js'
export { on } from './events.js'
export { version } from './version.js'
export const { init, token, anonymous, peek, clear } = client()
