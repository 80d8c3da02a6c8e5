// The pages of the shop: the shipped snippet as Shopify would render it, in the
// places and the variations that themes come up with.
import { readFileSync } from 'node:fs'
import { Liquid } from 'liquidjs'
import { count, record } from './prelude.mjs'
import { domain, sign } from './proof.mjs'

const nonce = 'bm9uY2U'
const read = (name) => readFileSync(new URL(`../../web/dist/${name}`, import.meta.url), 'utf8')

const stub = read('stub.js').trim()

/** Renders pages and sections of a shop whose metafield holds this secret; says when that is read. */
export function theme(secret, looked) {
  const engine = new Liquid({ jsTruthy: false, templates: { shapestoken: read('shapestoken.liquid') } })
  // What only Shopify has: a doc block and a schema render nothing, an asset has an address.
  for (const name of ['doc', 'schema']) engine.registerTag(name, { parse: (_, rest) => { while (rest.shift().name !== `end${name}`); }, render: () => '' })
  engine.registerFilter('asset_url', (name) => `/assets/${name}`)
  const shop = { permanent_domain: domain, get metafields() { return looked(), { omneo: { id_secret: { value: secret } } } } }
  const liquid = (source, customer, more) => engine.parseAndRenderSync(source, {}, { globals: { shop, request: {}, customer: customer && { id: customer }, ...more } })
  return {
    page: (wanted) => page(wanted, age(snippet(liquid, wanted), wanted, secret)),
    section: (wanted) => `<div id="shopify-section-shapestoken">${age(section(liquid, wanted), wanted, secret)}</div>`,
  }
}

const section = (liquid, { customer, endpoint }) => liquid(read('sections/shapestoken.liquid'), customer, { section: { settings: { endpoint } } })

function snippet(liquid, { customer, endpoint, args = {} }) {
  const call = Object.entries({ endpoint, ...args }).map(([name, value]) => `, ${name}: ${JSON.stringify(value)}`).join('')
  return liquid(`{% render 'shapestoken'${call} %}`, customer)
}

/** Signs anew for a page that was rendered so many seconds ago. */
function age(html, { customer, signed = 0 }, secret) {
  if (!signed) return html
  const { signature, timestamp } = sign(secret, customer, signed)
  return html.replace(/(data-signature=")[^"]*/, `$1${signature}`).replace(/(data-timestamp=")[^"]*/, `$1${timestamp}`)
}

/**
 * The HTML of a page: the texts of `prelude` before everything else, the
 * snippet where `load` says, what is asked `early` of the stub, anything
 * `extra` at the end.
 */
function page({ prelude = [], load = 'as rendered', early = '', extra = '', csp }, html) {
  const [marker] = /<script[^>]*data-shapestoken[^>]*><\/script>/.exec(html)
  const [, source, integrity] = /<script\s+src="([^"]*)"([^>]*?)\sdefer\s*>/.exec(html)
  const { head = '', body = '' } = loads[load]({ html, marker, stub: `<script>${stub}</script><script>${early}</script>`, script: (how, more = '') => `<script src="${source}"${integrity} ${how}${more}></script>` })
  const text = `<!doctype html>
<html><head><title>Shop</title>
${[record, ...prelude, count].map((text) => `<script>${text}</script>`).join('\n')}
${head}
</head><body><h1>Shop</h1>
${body}
${extra}
</body></html>`
  return csp ? text.replace(/<script(?! type="application)/g, `<script nonce="${nonce}"`) : text
}

export const headers = ({ csp, headers }) => ({ ...headers, ...(csp && { 'Content-Security-Policy': csp.replaceAll('NONCE', `'nonce-${nonce}'`) }) })

/** Where the script stands, by the name of the place. */
export const loads = {
  'as rendered': ({ html }) => ({ head: html }),
  'no script': ({ marker }) => ({ head: marker }),
  'head': ({ marker, script }) => ({ head: marker + script('') }),
  'body': ({ html }) => ({ body: html }),
  'end of the body, blocking': ({ marker, script }) => ({ head: marker, body: script('') }),
  'defer': ({ marker, script }) => ({ head: marker + script('defer') }),
  'async': ({ marker, script }) => ({ head: marker + script('async') }),
  'module': ({ marker, script }) => ({ head: marker + script('type="module"') }),
  'twice': ({ html }) => ({ head: html + html }),
  'head and body': ({ html }) => ({ head: html, body: html }),
  'blocking and deferred': ({ marker, script }) => ({ head: marker + script('') + script('defer') }),
  'after the stub': ({ stub, html }) => ({ head: stub + html }),
  'before the stub': ({ stub, marker, script }) => ({ head: marker + script('') + stub }),
  'after the stub, twice': ({ stub, html }) => ({ head: stub + html + stub + html }),
  'attributes on the script': ({ marker, script }) => ({ head: script('defer', /\sdata-shapestoken[^>]*/.exec(marker)[0]) }),
}
