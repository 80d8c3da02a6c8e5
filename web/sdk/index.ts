import { client } from './client.js'

/** Put in by the build, from the file VERSION. */
declare const SHAPESTOKEN_VERSION: string

export type { Code, Details, Options } from './shapestoken.js'
export { ShapesTokenError } from './error.js'
export const version: string = SHAPESTOKEN_VERSION
export const { init, token, peek, clear } = client()
