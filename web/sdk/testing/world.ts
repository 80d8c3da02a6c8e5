// A visitor's browser with several tabs of one shop, and what can happen there.
import type { Items } from '../fixture.js'
import { locks } from './locks.js'
import { shop, type Mood, type Shop, type Way } from './shop.js'
import { load, names, type Asked, type Browser, type Tab } from './tab.js'
import { divide, tasks, within, type Tasks } from './tasks.js'

/** One thing that happens, in one of the tabs, and the milliseconds that pass after it. */
export interface Step {
  readonly act: Act
  readonly tab: number
  readonly then: number
}

export type Act =
  | { readonly kind: 'load' | 'logout' | 'clear' | 'token' | 'fresh' | 'anonymous' | 'hide' | 'show' | 'back' | 'kill' | 'forget' | 'online' }
  | { readonly kind: 'login'; readonly as: string }
  | { readonly kind: 'mood'; readonly mood: Mood; readonly delay: number }
  | { readonly kind: 'jump'; readonly ahead: number }

export interface World {
  readonly items: Items
  readonly shop: Shop
  readonly tasks: Tasks
  readonly asked: Asked[]
  /** Who may have something stored: the customer of the latest page load, unless they pressed clear since. */
  readonly owner: () => string
  readonly tabs: () => Tab[]
  run(steps: readonly Step[]): Promise<void>
  /** Mends what was broken, has all pages go on, and waits until nothing more is to come. */
  rest(): Promise<void>
}

/** The same seed gives the same numbers. */
function dice(seed: number): () => number {
  return () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32
    return seed / 2 ** 32
  }
}

divide(names)

export function world(seed: number, way: Way = 'signature', life = 120): World {
  const [clock, random, asked, items] = [tasks(1_795_200_000_000), dice(seed), [] as Asked[], {} as Items]
  const [mall, queue] = [shop(clock), locks(clock)]
  const histories: Tab[][] = [[], [], []] // of each tab, the page that is seen comes last
  let owner = ''
  Object.assign(mall, { life, way })

  const live = (): Tab[] => histories.flat().filter(({ dead }) => !dead)
  const fire = (tab: Tab, at: EventTarget, name: string): void => void within(tab, () => at.dispatchEvent(new Event(name)))

  /** The other pages hear of a change late, in any order; frozen ones never do. */
  function changed(by: Tab): void {
    for (const tab of live()) if (tab !== by && !tab.frozen) clock.after(random() * 2000, tab, () => fire(tab, tab.window, 'storage'))
  }
  const browser: Browser = { tasks: clock, items, locks: queue, ahead: 0, fetch: mall.fetch as typeof fetch, random, changed }

  function visit(history: Tab[]): void {
    const seen = history.at(-1)
    if (seen) seen.frozen = true
    owner = mall.customer
    history.push(load(browser, owner, mall.options()))
  }

  function kill(tab: Tab, release: boolean): void {
    tab.dead = true
    if (release) queue.abandon(tab)
  }

  function back(history: Tab[]): void {
    if (history.length < 2) return
    kill(history.pop()!, true)
    thaw(history.at(-1)!)
  }

  function thaw(tab: Tab): void {
    tab.frozen = false
    fire(tab, tab.window, 'pageshow')
  }

  function act(step: Act, history: Tab[]): void {
    if (step.kind === 'login') return (mall.customer = step.as), visit(history)
    if (step.kind === 'logout') return (mall.customer = ''), visit(history)
    if (step.kind === 'load') return visit(history)
    if (step.kind === 'mood') return void Object.assign(mall, { mood: step.mood, delay: step.delay })
    if (step.kind === 'jump') return void (browser.ahead = step.ahead)
    const tab = history.at(-1)
    if (tab) touch(step.kind, tab, history)
  }

  function touch(kind: Act['kind'], tab: Tab, history: Tab[]): void {
    if (kind === 'back') back(history)
    else if (kind === 'kill' || kind === 'forget') kill(history.pop()!, kind === 'kill')
    else if (kind === 'clear') (owner = ''), tab.clear()
    else if (kind === 'online') fire(tab, tab.window, 'online')
    else if (kind === 'anonymous') asked.push(tab.visit())
    else if (kind === 'token' || kind === 'fresh') asked.push(tab.ask({ fresh: kind === 'fresh' }))
    else (tab.document.hidden = kind === 'hide'), fire(tab, tab.window, 'visibilitychange')
  }

  return {
    items, shop: mall, tasks: clock, asked, owner: () => owner, tabs: live,
    async run(steps) {
      for (const step of steps) {
        act(step.act, histories[step.tab]!)
        await clock.pass(step.then)
      }
    },
    async rest() {
      Object.assign(mall, { mood: 'good', delay: 20 })
      live().filter(({ frozen }) => frozen).forEach(thaw)
      await clock.pass(150_000)
    },
  }
}
