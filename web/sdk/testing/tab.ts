// A page of the shop in a tab: its own document and timers, and the storage that all tabs share.
import type { Items } from '../fixture.js'
import { client } from '../client.js'
import type { Request } from '../shapestoken.js'
import { within, type Place, type Tasks } from './tasks.js'

/** What tabs share. */
export interface Browser {
  readonly tasks: Tasks
  readonly items: Items
  readonly locks: object
  /** Milliseconds that the device's clock is ahead. */
  ahead: number
  readonly fetch: typeof fetch
  readonly random: () => number
  /** Called after each change of the storage. */
  changed(by: Tab): void
}

export interface Asked {
  readonly by: Tab
  readonly at: number
  readonly guest?: boolean
  value?: string | null
  error?: { code?: string }
}

export interface Tab extends Place {
  /** The customer whom the shop showed here when the page was loaded. */
  readonly shows: string
  readonly document: EventTarget & { hidden: boolean }
  readonly window: EventTarget
  ask(request: Request): Asked
  /** Asks for a guest's token. */
  visit(): Asked
  clear(): void
  peek(): string | null
}

/** The globals that every tab has of its own. */
export const names = ['document', 'window', 'navigator', 'location', 'localStorage', 'fetch', 'setTimeout', 'clearTimeout', 'Date', 'performance', 'Math', 'console']

function storage(browser: Browser, tab: () => Tab): object {
  const changed = (): true => (browser.changed(tab()), true)
  return new Proxy(browser.items, {
    set: (items, key: string, value) => ((items[key] = String(value)), changed()),
    deleteProperty: (items, key: string) => !(key in items) || (delete items[key], changed()),
  })
}

function globals(browser: Browser, tab: () => Tab): Record<string, unknown> {
  const { tasks, locks, fetch, random } = browser
  const mathematics = Object.assign(Object.create(Math) as Math, { random })
  return {
    document: Object.assign(new EventTarget(), { hidden: false }), window: new EventTarget(), navigator: { locks }, location: { origin: 'https://shop.example' },
    localStorage: storage(browser, tab), fetch, Math: mathematics, console: { warn() {}, debug() {} },
    Date: { now: () => tasks.now() + browser.ahead }, performance: { now: () => tasks.now() },
    setTimeout: (run: () => void, delay = 0) => tasks.after(delay, tab(), run),
    clearTimeout: (cancel?: () => void) => cancel?.(),
  }
}

/** Loads a page that the shop has made for this customer. */
export function load(browser: Browser, shows: string, options: Record<string, string>): Tab {
  const own = globals(browser, () => tab)
  const script = within({ globals: own, frozen: false, dead: false }, client)

  function follow(begin: () => Promise<string | null>, guest = false): Asked {
    const asked: Asked = { by: tab, at: browser.tasks.now(), guest }
    within(tab, begin).then((value) => (asked.value = value), (error: { code?: string }) => (asked.error = error))
    return asked
  }

  const tab: Tab = {
    globals: own, frozen: false, dead: false, shows,
    ask: (request) => follow(() => script.token(request)), visit: () => follow(script.anonymous, true),
    document: own.document as Tab['document'], window: own.window as EventTarget,
    clear: () => within(tab, script.clear), peek: () => within(tab, script.peek),
  }
  within(tab, () => script.init(options))
  return tab
}
