import { attempt } from './attempt.js'
import type { Events } from './shapestoken.js'

/** Tells the document, which is where listeners are. */
export const emit = <Name extends keyof Events>(name: Name, detail: Events[Name]): unknown =>
  document.dispatchEvent(new CustomEvent('shapes:' + name, { detail }))

/** Calls the listener at each such event; returns how to stop that. On a server there are none. */
export const on = <Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): (() => void) => {
  const hear = (event: Event): void => listener((event as CustomEvent<Events[Name]>).detail)
  attempt(() => document.addEventListener('shapes:' + name, hear))
  return () => attempt(() => document.removeEventListener('shapes:' + name, hear))
}
