// What stands in a page before everything else: each is the text of a script.

/** What a test reads of an error. */
export const failure = '({ name, code, message, retryable, status, reason, requestId, retryAfter }) => ({ error: { name, code, message, retryable, status, reason, requestId, retryAfter } })'

/** Writes down what the page went through, in the global `seen`. */
export const record = `
  window.seen = { errors: [], rejections: [], violations: [], events: [], console: [], delays: [], shown: [] }
  addEventListener('error', (event) => seen.errors.push(event.message))
  addEventListener('unhandledrejection', (event) => seen.rejections.push(String(event.reason)))
  addEventListener('pageshow', (event) => seen.shown.push(event.persisted))
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) => seen.violations.push(effectiveDirective + ' ' + blockedURI + ' ' + sample))
  for (const name of ['token', 'error', 'cleared']) document.addEventListener('shapes:' + name, ({ detail }) => seen.events.push({ ...detail, event: name }))
  for (const level of ['debug', 'log', 'info', 'warn', 'error']) console[level] = (...words) => void seen.console.push(level + ': ' + words.join(' '))`

/** Which globals there are before ours. */
export const count = `seen.globals = Object.getOwnPropertyNames(window)`

/** Asks as soon as the script is there: what that comes to is in seen.asked. */
export const asking = `document.addEventListener('DOMContentLoaded', () => { seen.asked = shapestoken.token().then((token) => ({ token }), ${failure}) })`

/** The device's clock is wrong by so many seconds. */
export const shifted = (seconds) => `{ const now = Date.now; Date.now = () => now() + ${seconds * 1000} }`

/** Writes down every wait, and makes it as long as the expression of ms says. */
export const paced = (expression) => `{
  const wait = setTimeout
  window.setTimeout = (work, ms, ...rest) => { seen.delays.push(ms); return wait(work, ${expression}, ...rest) }
}`

/** Backoff in no time; what the script gives up after stays as it is. */
export const hurried = paced('ms < 7000 ? ms / 100 : ms')

/** Adds leap(seconds): the clock jumps, and what was due by then is done unless not to wake. Only long waits are held. */
export const leaping = `{
  const wait = setTimeout, stop = clearTimeout, now = Date.now, clock = performance.now.bind(performance), held = new Map()
  let ahead = 0, next = 1e9
  Date.now = () => now() + ahead
  performance.now = () => clock() + ahead
  window.setTimeout = (work, ms, ...rest) => {
    if (!(ms > 8500)) return wait(work, ms, ...rest)
    held.set(++next, { at: Date.now() + ms, work: () => work(...rest) })
    return next
  }
  window.clearTimeout = (id) => held.delete(id) || stop(id)
  window.leap = (seconds, wake = true) => {
    ahead += seconds * 1000
    if (wake) for (const [id, { at, work }] of held) if (at <= Date.now() && held.delete(id)) work()
  }
}`

export const withoutLocks = `delete Navigator.prototype.locks`

/** Shopify's Customer Privacy API, as far as the script asks it; window.agree(yes) is the visitor's click. */
export const privacy = (allowed) => `{
  let yes = ${allowed}
  window.Shopify = { customerPrivacy: { preferencesProcessingAllowed: () => yes } }
  window.agree = (answer) => { yes = answer; document.dispatchEvent(new CustomEvent('visitorConsentCollected')) }
}`

/** Things other scripts do to a page. */
export const hostile = {
  'a frozen Promise': `Object.freeze(Promise); Object.freeze(Promise.prototype)`,
  'an AMD loader': `window.define = () => { throw new Error('define was called') }; define.amd = {}`,
  'one-letter globals': `for (const letter of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') Object.defineProperty(window, letter, { value: 'theirs', writable: false, configurable: false })`,
  'one-letter lets': [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `let ${letter} = 'theirs'`).join(';'),
  'a frozen Object.prototype': `Object.freeze(Object.prototype)`,
  'a polluted Object.prototype': `Object.prototype.theirs = () => 'theirs'; Object.prototype.signal = undefined`,
  'module and exports': `window.module = { exports: {} }; window.exports = module.exports`,
}

/** A localStorage that refuses one kind of access, by method or by property. */
const refusing = (kind, error = 'SecurityError') => `{
  const kept = localStorage, refuse = () => { throw new DOMException('no', '${error}') }
  const guard = (kind, work) => (...given) => kind === '${kind}' || '${kind}' === 'all' ? refuse() : work(...given)
  const methods = {
    getItem: guard('get', (key) => kept.getItem(key)), setItem: guard('set', (key, text) => kept.setItem(key, text)),
    removeItem: guard('remove', (key) => kept.removeItem(key)), key: guard('list', (n) => kept.key(n)), clear: guard('remove', () => kept.clear()),
  }
  const broken = new Proxy(kept, {
    get: (_, name) => methods[name] ?? guard(name === 'length' ? 'list' : 'get', () => kept[name])(),
    set: (_, name, text) => guard('set', () => { kept[name] = text; return true })(),
    deleteProperty: (_, name) => guard('remove', () => delete kept[name])(),
    ownKeys: () => guard('list', () => Reflect.ownKeys(kept))(),
  })
  Object.defineProperty(window, 'localStorage', { get: () => broken })
}`

const instead = (expression) => `Object.defineProperty(window, 'localStorage', { get() { ${expression} } })`

/** Storage that refuses, each time in another way. */
export const sabotage = {
  'the getter throws': instead(`throw new DOMException('no', 'SecurityError')`),
  'it is absent': instead('return undefined'),
  'it is null': instead('return null'),
  'reading throws': refusing('get'),
  'writing throws': refusing('set', 'QuotaExceededError'),
  'removing throws': refusing('remove'),
  'enumerating throws': refusing('list'),
  'everything throws': refusing('all'),
}
