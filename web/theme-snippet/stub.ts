// For pages that ask before the script is there: what they ask for waits in a
// queue, which the script works off when it comes.
import type { Page } from './page.js'

const page = window as Page
page.shapestoken ??= { q: [], token: (request) => new Promise((resolve) => page.shapestoken!.q!.push(() => resolve(page.shapestoken!.token!(request)))) }
