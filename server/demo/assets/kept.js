import { find, make, shorten } from './dom.js'
import { decode, meanings, readable } from './token.js'

let clock

/** Shows what the browser keeps for a customer: key, value, and what is in the token. */
export function keep(key, jwt) {
  const { header, payload } = decode(jwt)
  find('kept').replaceChildren(
    entry(key, jwt),
    countdown(payload),
    table('Header', header),
    table('Payload', payload),
    make('p', {}, make('button', { type: 'button', id: 'again' }, 'Forget it and fetch a new one')),
  )
}

/** Says why nothing is kept. */
export function empty(why) {
  clearInterval(clock)
  find('kept').replaceChildren(make('p', { class: 'muted' }, why))
}

function entry(key, jwt) {
  const copy = make('button', { type: 'button', id: 'copy-token' }, 'Copy')
  return make('div', { class: 'entry' },
    make('code', { id: 'stored-key' }, key),
    make('div', { class: 'copy' }, make('code', { id: 'stored-value' }, shorten(jwt, 24)), copy))
}

function countdown({ iat, exp }) {
  const left = make('span', { id: 'expires' })
  const meter = make('progress', { max: exp - iat, 'aria-label': 'Life left' })
  const tick = () => {
    const seconds = Math.max(0, Math.floor(exp - Date.now() / 1000))
    left.textContent = seconds ? `expires in ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}` : 'has expired'
    meter.value = seconds
  }
  clearInterval(clock)
  clock = setInterval(tick, 1000)
  tick()
  return make('p', { class: 'countdown' }, meter, left)
}

function table(caption, members) {
  return make('table', {},
    make('caption', {}, caption),
    make('tbody', {}, ...Object.entries(members).map(([name, value]) =>
      make('tr', {},
        make('th', { scope: 'row' }, name, make('small', {}, meanings[name] ?? '')),
        make('td', { id: `token-${name}` }, readable(name, value))))))
}
