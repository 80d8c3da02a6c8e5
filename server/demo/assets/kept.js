import { find, make, shorten } from './dom.js'
import { countdown } from './life.js'
import { read } from './storage.js'
import { decode, meanings, readable } from './token.js'

let update = () => {}

/** Shows what the browser keeps for a customer: key, value, and what is in the token. */
export function keep(key, jwt) {
  const { header, payload } = decode(jwt)
  const [bar, tick] = countdown(payload)
  const place = where(key, jwt)
  find('kept').dataset.kept = place
  find('kept').replaceChildren(
    entry(place, key, jwt),
    bar,
    table('Header', header),
    table('Payload', payload),
    make('p', {}, make('button', { type: 'button', id: 'again' }, 'Fetch a new one')),
    ...beside(),
  )
  update = () => (where(key, jwt) === place ? tick() : keep(key, jwt))
}

/** Says why nothing is kept. */
export function empty(why) {
  update = () => {}
  find('kept').dataset.kept = 'nothing'
  find('kept').replaceChildren(make('p', { class: 'muted' }, why))
}

/** Brings what is shown up to date: time passes, and a token may be moved. */
export const refresh = () => update()

const where = (key, jwt) => (read(key) === jwt ? 'browser' : 'memory')

function entry(place, key, jwt) {
  const copy = make('button', { type: 'button', id: 'copy-token' }, 'Copy')
  return make('div', { class: `entry ${place}` },
    make('code', { id: 'stored-key' }, key),
    make('small', {}, place === 'browser' ? 'in localStorage, for all tabs and the next page view' : 'not in localStorage: in the memory of this page only'),
    make('div', { class: 'copy' }, make('code', { id: 'stored-value' }, shorten(jwt, 24)), copy))
}

/** The two small keys beside the token. */
function beside() {
  const members = ['shapestoken:id', 'shapestoken:skew'].map((name) => [name, read(name)]).filter(([, value]) => value)
  return members.length ? [table('Beside it', Object.fromEntries(members))] : []
}

function table(caption, members) {
  return make('table', {},
    make('caption', {}, caption),
    make('tbody', {}, ...Object.entries(members).map(([name, value]) =>
      make('tr', {},
        make('th', { scope: 'row' }, name, make('small', {}, meanings[name] ?? '')),
        make('td', { id: `token-${name}` }, readable(name, value))))))
}
