// What the plain script adds to a page: one global name. The module, which adds
// none, is described in shapestoken.d.ts.
import type { anonymous, clear, init, on, Options, peek, token, version } from './shapestoken.js'

/** The script's functions. While only the queue stub is there, just `token` and `anonymous` work. */
export interface Script {
  /** Without options: reads the page's marker again, for a page that has put in another one. */
  readonly init: (options?: Options) => void
  readonly token: typeof token
  readonly anonymous: typeof anonymous
  readonly peek: typeof peek
  readonly clear: typeof clear
  readonly on: typeof on
  readonly version: typeof version
}

declare global {
  /** `undefined` when the script has not loaded: ask `window.shapestoken?.token()`. */
  var shapestoken: Script | undefined
}
