// Time for several tabs: what is to happen, in the order of its hour, each in its own tab.
import { AsyncLocalStorage } from 'node:async_hooks'

/** Where code runs: a tab has its own globals, and may stand still or be gone. */
export interface Place {
  readonly globals: Record<string, unknown>
  frozen: boolean
  dead: boolean
}

interface Task {
  readonly at: number
  readonly place: Place
  readonly run: () => void
}

/** Everything that waits, and what time it is, in milliseconds. */
export interface Tasks {
  now(): number
  /** Has something done in that tab after so many milliseconds; returns how to call it off. */
  after(delay: number, place: Place, run: () => void): () => void
  /** Lets time pass. A frozen tab's tasks wait until it is thawed, a dead one's forever. */
  pass(milliseconds: number): Promise<void>
}

const here = new AsyncLocalStorage<Place>()
const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Runs code in a tab; so does everything that it waits for. */
export const within = <T>(place: Place, run: () => T): T => here.run(place, run)

/** The tab whose code is running. */
export const place = (): Place | undefined => here.getStore()

/** Gives these names the value that the running tab has for them, and outside of tabs the value they had. */
export function divide(names: string[]): void {
  for (const name of names) {
    const outside = (globalThis as Record<string, unknown>)[name]
    Object.defineProperty(globalThis, name, { configurable: true, get: () => (here.getStore() ? here.getStore()!.globals[name] : outside) })
  }
}

export function tasks(start: number): Tasks {
  let now = start
  const waiting = new Set<Task>()

  function first(until: number): Task | undefined {
    let best: Task | undefined
    for (const task of waiting) {
      if (task.place.dead) waiting.delete(task)
      else if (!task.place.frozen && task.at <= until && (!best || task.at < best.at)) best = task
    }
    return best
  }

  async function pass(milliseconds: number): Promise<void> {
    const until = now + milliseconds
    await flush()
    for (let task = first(until); task; task = first(until)) {
      waiting.delete(task)
      now = Math.max(now, task.at)
      here.run(task.place, task.run)
      await flush()
    }
    now = until
  }

  return {
    now: () => now,
    after(delay, place, run) {
      // As in browsers, a delay that is no 32-bit number is none.
      const task = { at: now + (delay > 0 && delay < 2 ** 31 ? delay : 0), place, run }
      waiting.add(task)
      return () => void waiting.delete(task)
    },
    pass,
  }
}
