import assert from 'node:assert/strict'
import test from 'node:test'
import { alice, bob, install, keyOf } from './fixture.js'
import { store } from './store.js'
import { sweep } from './sweep.js'

const [a, b, profile, foreign] = [keyOf(alice), keyOf(bob), 'omneo:shapesclient:a2c4', 'cart']

const cases: { name: string; keys: string[]; customer: string; switched?: boolean; left: string[] }[] = [
  { name: 'nobody: everything of ours goes', keys: [a, b, profile, foreign], customer: '', left: [foreign] },
  { name: 'nobody, only a profile', keys: [profile, foreign], customer: '', left: [foreign] },
  { name: 'a customer alone keeps token and profile', keys: [a, profile, foreign], customer: alice.customerId, left: [a, profile, foreign] },
  { name: 'somebody else was here', keys: [a, b, profile, foreign], customer: alice.customerId, left: [a, foreign] },
  { name: 'somebody else was here in this tab', keys: [a, profile], customer: alice.customerId, switched: true, left: [a] },
  { name: 'a longer id is another id', keys: [a + '0', a], customer: alice.customerId, left: [a] },
  { name: 'nothing of ours', keys: [foreign], customer: alice.customerId, left: [foreign] },
]

for (const { name, keys, customer, switched = false, left } of cases) {
  test(name, () => {
    const items = install(Object.fromEntries(keys.map((key) => [key, 'x'])))
    sweep(store(), customer, switched)
    assert.deepEqual([...items.keys()], left)
  })
}
