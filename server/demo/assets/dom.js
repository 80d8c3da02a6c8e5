// Makes an element. What comes from outside is only ever text, never markup.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

export const find = (id) => document.getElementById(id)

/** A list of facts, as pairs of what it is and what it says. */
export function facts(pairs) {
  return make('dl', { class: 'facts' }, ...pairs.map(([term, value, id]) =>
    make('div', {}, make('dt', {}, term), make('dd', id ? { id } : {}, value))))
}

/** The two ends of what nobody reads whole and nobody should copy from a picture. */
export const shorten = (text, head = 6) => `${text.slice(0, head)}…${text.slice(-4)}`
