'use strict'

const messages = require('./messages')
const { UNKNOWN, destinations, holds } = require('./paths')
const { conditions, placeOf } = require('./place')
const { names, runs } = require('./text')

const meta = {
  code: 'SecretMetafield',
  name: 'The secret metafield may only sign',
  docs: {
    description: 'Reports where a theme could show the shop metafield omneo.id_secret, with which customers are signed.',
    recommended: true,
  },
  type: 'LiquidHtml',
  severity: 0,
  schema: {},
}

function create(context) {
  const lookups = [] // { node, path, place }
  const includes = []
  const texts = [] // { node, message, found }
  const report = ({ position }, message) => context.report({ message, startIndex: position.start, endIndex: position.end })

  // Only markup that theme-check's parser gave up on is a text. One in a condition shows nothing.
  const unreadable = (node) => {
    if (typeof node.markup === 'string' && node.name !== '#' && !conditions.has(node.name)) {
      texts.push({ node, message: messages.unreadable, found: (variables) => names(node.markup, variables) })
    }
  }

  return {
    async onCodePathStart({ ast, source }) {
      if (!ast.type && runs(source)) report({ position: { start: 0, end: 0 } }, messages.file)
    },
    async VariableLookup(node, ancestors) {
      lookups.push({ node, path: pathOf(node), place: placeOf(node, ancestors) })
    },
    async LiquidTag(node) {
      if (node.name === 'include') includes.push(node)
      unreadable(node)
    },
    async LiquidVariableOutput(node) {
      unreadable(node)
    },
    async HtmlComment(node) {
      texts.push({ node, message: messages.comment, found: (variables) => runs(node.body, variables) })
    },
    async LiquidRawTag(node) {
      if (node.name === 'schema') texts.push({ node, message: messages.schema, found: () => runs(node.body.value) })
    },
    async onCodePathEnd({ source }) {
      const variables = assigned(lookups)
      for (const { node, path, place } of misplaced(lookups, variables)) {
        report(node, messages.misplaced(source.slice(node.position.start, node.position.end), !path.includes(UNKNOWN), place))
      }
      for (const { node, message, found } of texts) if (found(variables)) report(node, message)
      const tainted = [...variables].filter(([, states]) => holds(states)).map(([name]) => name)
      if (tainted.length) for (const node of includes) report(node, messages.include(tainted))
    },
  }
}

function pathOf({ name, lookups }) {
  const keys = lookups.map((key) => (key.type === 'String' ? key.value : UNKNOWN))
  return name === null ? keys : [name, ...keys]
}

const misplaced = (lookups, variables) => lookups.filter(({ path, place }) => !['allowed', 'assign'].includes(place.kind) && holds(destinations(path, variables)))

/**
 * assigned returns what each variable of the file can be. A name has one
 * meaning everywhere in the file: loops and branches make "before" and "after"
 * a guess.
 */
function assigned(lookups) {
  const variables = new Map()
  const assigns = lookups.filter(({ place }) => place.kind === 'assign')
  for (let known = -1; known !== size(variables);) {
    known = size(variables)
    for (const { path, place: { name } } of assigns) {
      variables.set(name, new Set([...(variables.get(name) ?? []), ...destinations(path, variables)]))
    }
  }
  return variables
}

const size = (variables) => [...variables.values()].reduce((sum, states) => sum + states.size, 0)

module.exports = { meta, create }
