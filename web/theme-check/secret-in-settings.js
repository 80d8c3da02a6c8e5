'use strict'

const messages = require('./messages')
const { runs } = require('./text')

const meta = {
  code: 'SecretInSettings',
  name: 'No setting may show the secret metafield',
  docs: {
    description: 'Reports dynamic sources and custom Liquid, in templates and settings, that name the shop metafield omneo.id_secret.',
    recommended: true,
  },
  type: 'JSON',
  severity: 0,
  schema: {},
}

function create(context) {
  return {
    async Literal({ value, loc }) {
      if (typeof value === 'string' && runs(value)) {
        context.report({ message: messages.setting, startIndex: loc.start.offset, endIndex: loc.end.offset })
      }
    },
  }
}

module.exports = { meta, create }
