// node:assert, with every assertion counted, and no token in what it says.
import assert from 'node:assert/strict'

export const tally = { assertions: 0 }

export const check = new Proxy(assert, {
  get: (target, name) => (...given) => {
    tally.assertions++
    try {
      return target[name](...given)
    } catch ({ message }) {
      throw new Error(message.replace(/eyJ[\w.-]+/g, 'eyJ...'))
    }
  },
})
