// No code, only a proof for the compiler: it fails if index.ts and
// shapestoken.d.ts do not declare the same names with the same types.
import type * as written from './index.js'
import type * as declared from './shapestoken.js'

/** True only of one and the same type. That one fits the other would not do: it hides an argument left out. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** The names whose types differ, and those that only one of the two has. */
type Differing<A, B> = Exclude<keyof A | keyof B, { [Name in keyof A & keyof B]: Same<A[Name], B[Name]> extends true ? Name : never }[keyof A & keyof B]>

type None<Names extends never> = Names

export type Drift = None<Differing<typeof written, typeof declared>>
