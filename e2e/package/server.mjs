// A server that renders pages: no document, no storage. Argument: what a page
// would give to init; answer: what every function does here, and what is left
// of it when they have returned.
let calls = 0
globalThis.fetch = async () => { calls++; throw new Error('a server has nobody to ask for') }

const shapestoken = await import('shapestoken')
const { init, token, anonymous, peek, clear, on } = shapestoken
const events = []
const ends = ['token', 'error', 'cleared'].map((name) => on(name, () => events.push(name)))
init(JSON.parse(process.argv[2]))
const first = await token()
const answer = { exports: Object.keys(shapestoken).sort(), first, fresh: await token({ fresh: true }), peek: peek() }
init({ source: 'proxy' })
answer.guest = await anonymous()
clear()
ends.forEach((end) => end())
const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
console.log(JSON.stringify({ ...answer, calls, events, timers }))
