// For pages that ask before the script is there: what they ask for waits in a
// queue, which the script works off when it comes.
import type { Page } from './page.js'
import type { Request } from '../sdk/shapestoken.js'

const page = window as Page
const later = (name: 'token' | 'anonymous') => (request?: Request): Promise<string | null> => new Promise((resolve) => page.shapestoken!.q!.push(() => resolve(page.shapestoken![name]!(request))))
page.shapestoken ??= { q: [], token: later('token'), anonymous: later('anonymous') }
