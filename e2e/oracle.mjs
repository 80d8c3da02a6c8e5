// Asks Shopify's own library about signed queries, webhooks and session tokens,
// at the moment each of them was made. Prints what it accepts, as JSON.
import '@shopify/shopify-api/adapters/node'
import { mock } from 'node:test'
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api'

function library(apiSecretKey, apiKey = 'client-id') {
  return shopifyApi({
    apiKey, apiSecretKey, hostName: 'app.example', isEmbeddedApp: false, scopes: [], apiVersion: Object.values(ApiVersion).at(-1),
    logger: { level: LogSeverity.Error, log() {} },
  })
}

/** Repeated parameters become a list, as in the frameworks that call the library. */
function parameters(query) {
  const found = {}
  for (const [name, value] of new URLSearchParams(query)) found[name] = name in found ? [found[name], value].flat() : value
  return found
}

const kinds = {
  proxy: ({ secret, text }) => library(secret).utils.validateHmac(parameters(text), { signator: 'appProxy' }),
  oauth: ({ secret, text }) => library(secret).utils.validateHmac(parameters(text)),
  session: ({ secret, text }) => library(secret).session.decodeSessionToken(text).then(() => true),
  webhook: async ({ secret, text, header }) => {
    const headers = {
      'x-shopify-hmac-sha256': header, 'x-shopify-topic': 'orders/create', 'x-shopify-api-version': '2026-07',
      'x-shopify-shop-domain': 'acme-dev.myshopify.com', 'x-shopify-webhook-id': '1',
    }
    const { valid } = await library(secret).webhooks.validate({ rawBody: text, rawRequest: { method: 'POST', url: '/', headers }, rawResponse: {} })
    return valid
  },
}

const answers = []
for (const item of JSON.parse(process.argv[2])) {
  mock.timers.enable({ apis: ['Date'], now: item.at * 1000 })
  answers.push(await kinds[item.kind](item).catch(() => false))
  mock.timers.reset()
}
console.log(JSON.stringify(answers.map(Boolean)))
