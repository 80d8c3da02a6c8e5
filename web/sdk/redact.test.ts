import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { alice, jwt, tokenFor } from './fixture.js'
import { redact } from './redact.js'

test('of a signature and a token the last four characters are left', () => {
  const [signature, token] = ['0'.repeat(60) + 'cafe', jwt({ pid: 'p' })]
  assert.equal(redact(`{"signature":"${signature}","token":"${token}"}`), '{"signature":"…cafe","token":"…' + token.slice(-4) + '"}')
  assert.equal(redact(signature.toUpperCase()), '…CAFE')
  assert.equal(redact(signature + '\n' + token), `…cafe\n…${token.slice(-4)}`)
})

test('other words are left alone', () => {
  const text = 'POST https://id.example.com/t/acme (request 0123456789abcdef0123456789abcdef) eyeball'
  assert.equal(redact(text), text)
})

test('wherever they stand, no five characters in a row remain', () => {
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: 64, maxLength: 64 })
  const secret = fc.oneof(hex, fc.object().map((claims) => tokenFor(alice, 900, claims)))
  const around = fc.string({ unit: fc.constantFrom(...' ",:{}<>=\n\'/') })
  fc.assert(fc.property(around, secret, around, (before, hidden, after) => {
    assert.equal(redact(before + hidden + after), before + '…' + hidden.slice(-4) + after)
  }))
})
