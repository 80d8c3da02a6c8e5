import { find, make } from './dom.js'

const most = 200 // lines

/**
 * Adds a line about a step. Some steps are heard of late, so lines are put
 * where they belong by when it was, in milliseconds since the page was opened.
 */
export function tell(step, text, at = performance.now()) {
  const log = find('log')
  const line = make('li', { 'data-step': step, 'data-at': at },
    make('time', {}, `${(at / 1000).toFixed(1)} s`), make('b', {}, names[step]), make('span', {}, text))
  const earlier = [...log.children].findLast((other) => Number(other.dataset.at) <= at)
  if (earlier) earlier.after(line)
  else log.prepend(line)
  if (log.children.length > most) log.firstChild.remove()
  find('story').hidden = false
  log.scrollTop = log.scrollHeight
}

const names = {
  request: 'request',
  section: 'section',
  token: 'shapes:token',
  error: 'shapes:error',
  cleared: 'shapes:cleared',
  storage: 'storage',
  looks: 'tab',
  debug: 'console',
}

/** Shows what the script tells developers in the console, if it was asked to. */
export function overhear() {
  const { debug } = console
  console.debug = (...args) => {
    debug.apply(console, args)
    const [, text] = /^\[shapestoken\] (.*)/s.exec(args.join(' ')) ?? []
    if (text) tell('debug', text)
  }
}
