// No code, only a proof for the compiler: each direction fails if index.ts and
// shapestoken.d.ts do not declare the same names with the same types.
import type * as written from './index.js'
import type * as declared from './shapestoken.js'

type Fits<Have extends Want, Want> = Have

export type Complete = Fits<typeof written, typeof declared>
export type NothingMore = Fits<typeof declared, typeof written>
