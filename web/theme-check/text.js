// Finds paths where theme-check keeps plain text: in HTML comments, in settings,
// and in Liquid that its parser gives up on but Shopify still runs.
'use strict'

const { UNKNOWN, destinations, holds } = require('./paths')

const LIQUID = /\{\{[^]*?\}\}|\{%[^]*?%\}/g
const PATH = /(?:[A-Za-z_][\w-]*\??|\[[^\][]*\])(?:\s*\.\s*[\w-]+\??|\s*\[[^\][]*\])*/g
const STEP = /\[\s*(?:'([^']*)'|"([^"]*)"|[^\]]*)\s*\]|([\w-]+\??)/g

const keys = (path) => [...path.matchAll(STEP)].map(([, single, double, word]) => single ?? double ?? word ?? UNKNOWN)

/** names says whether the text names the secret, or a collection that holds it. */
function names(text, variables = new Map()) {
  return (text.match(PATH) ?? []).some((path) => holds(destinations(keys(path), variables)))
}

/** runs is names for a text in which only what stands in Liquid's brackets counts. */
const runs = (text, variables) => (text.match(LIQUID) ?? []).some((liquid) => names(liquid, variables))

module.exports = { names, runs }
