// The package's entry. The version stands here by itself, so that a bundler
// leaves the rest out of a program that wants nothing else.
export { anonymous, clear, init, on, peek, ShapesTokenError, token } from './shapestoken.mjs'
export const version = '0.2.0'
