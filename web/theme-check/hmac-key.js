'use strict'

const messages = require('./messages')

const meta = {
  code: 'HmacKey',
  name: 'A signature needs a key, and not one that the theme shows',
  docs: {
    description: 'Reports hmac_sha256 without a key, with an empty one, or with one that is written into the theme.',
    recommended: true,
  },
  type: 'LiquidHtml',
  severity: 0,
  schema: {},
}

function create(context) {
  return {
    async LiquidFilter({ name, args, position }) {
      const message = name === 'hmac_sha256' && wrong(args[0])
      if (message) context.report({ message, startIndex: position.start, endIndex: position.end })
    },
  }
}

function wrong(key) {
  if (!key || key.type === 'NamedArgument') return messages.keyless
  if (key.type === 'LiquidLiteral' || (key.type === 'String' && key.value === '')) return messages.empty
  if (key.type === 'String' || key.type === 'Number') return messages.written
}

module.exports = { meta, create }
