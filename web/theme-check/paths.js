// Where a path through Liquid's objects leads, as seen from the secret.
'use strict'

// What can be known of a value: one of the two objects, a collection that holds
// the secret, or the secret itself. All else is of no interest and not listed.
const ways = {
  shop: { metafields: 'shop.metafields' },
  'shop.metafields': { omneo: 'namespace' },
  app: { metafields: 'app.metafields' },
  'app.metafields': { '*': 'namespace' },
  namespace: { id_secret: 'secret' },
  secret: { '*': 'secret' },
}
const objects = ['shop', 'app']

/** Stands for a key that the theme only knows when it runs, such as [name]. */
const UNKNOWN = Symbol('unknown')

// A collection's first and last may be any of its members.
const members = new Set([UNKNOWN, 'first', 'last'])

function next(state, key) {
  const way = ways[state]
  if (members.has(key)) return Object.values(way)[0]
  return Object.hasOwn(way, key) ? way[key] : way['*']
}

/** What a variable of that name, or the object of that name, can be. */
function start(root, variables) {
  if (root === UNKNOWN) return [...objects, ...[...variables.values()].flatMap((states) => [...states])]
  return [...objects.filter((object) => object === root), ...(variables.get(root) ?? [])]
}

/** destinations returns what the path can be, given what each variable can be. */
function destinations([root, ...rest], variables) {
  let states = start(root, variables)
  for (const key of rest) states = states.map((state) => next(state, key)).filter(Boolean)
  return new Set(states)
}

/** holds says whether whoever sees one of these sees the secret. */
const holds = (states) => [...states].some((state) => !objects.includes(state))

module.exports = { UNKNOWN, destinations, holds }
