// Renders a theme file with liquidjs, which has Shopify's hmac_sha256 built in.
// Argument: {source, globals, arguments}; answer: {html}.
import { Liquid } from 'liquidjs'

const { source, globals, args = {} } = JSON.parse(process.argv[2])
const engine = new Liquid({ globals, jsTruthy: false })

// What only Shopify has: a doc block renders nothing, an asset has a URL.
engine.registerTag('doc', {
  parse(_, remaining) {
    while (remaining.length) if (remaining.shift().name === 'enddoc') return
    throw new Error('doc is not closed')
  },
  render() {},
})
engine.registerFilter('asset_url', (name) => `https://cdn.shopify.com/theme/assets/${name}`)

console.log(JSON.stringify({ html: await engine.parseAndRender(source, args) }))
