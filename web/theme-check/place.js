// In which place a lookup such as shop.name stands.
'use strict'

const conditions = new Set(['if', 'unless', 'case']) // with their branches
const targets = new Set(['capture', 'increment', 'decrement']) // what they name, they write

/**
 * placeOf returns `{ kind, name }`. A lookup may hold the secret as kind
 * 'allowed' or, if the variable `name` is used well, as kind 'assign'.
 */
function placeOf(lookup, ancestors) {
  const chain = ancestors.findLast((node) => node.type === 'LiquidVariable')
  if (!chain) return inTag(ancestors.findLast((node) => node.type === 'LiquidTag'))
  if (ancestors.at(-1).type === 'VariableLookup') return { kind: 'key' }
  const filter = ancestors.findLast((node) => node.type === 'LiquidFilter')
  if (!filter) return after(chain, -1, ancestors)
  if (filter.name === 'hmac_sha256' && filter.args[0] === lookup) return { kind: 'allowed' }
  if (filter.name !== 'default') return { kind: 'argument', name: filter.name }
  return after(chain, chain.filters.indexOf(filter), ancestors)
}

const inTag = ({ name }) => (conditions.has(name) || targets.has(name) ? { kind: 'allowed' } : { kind: 'tag', name })

/** after follows a value that enters the chain at one of its filters: `default` lets it through. */
function after(chain, filter, ancestors) {
  const changed = chain.filters.slice(filter + 1).find(({ name }) => name !== 'default')
  if (changed) return { kind: 'input', name: changed.name }
  const parent = ancestors[ancestors.indexOf(chain) - 1]
  return parent.type === 'AssignMarkup' ? { kind: 'assign', name: parent.name } : { kind: 'print' }
}

module.exports = { conditions, placeOf }
