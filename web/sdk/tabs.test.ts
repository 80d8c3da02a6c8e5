// What holds whatever several tabs, the shop, the service and the clock do.
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { decode } from './decode.js'
import { alice, bob, tokensIn, who } from './fixture.js'
import { world, type Act, type Step, type World } from './testing/world.js'

const kinds = ['load', 'load', 'logout', 'logout', 'clear', 'token', 'token', 'token', 'token', 'fresh', 'fresh', 'anonymous', 'anonymous', 'anonymous', 'hide', 'show', 'back', 'kill', 'forget', 'online'] as const
const ways = ['signature', 'both', 'proxy'] as const
const moods = ['good', 'good', 'good', 'hangs', 'deaf', 'unreachable', 'fails', 'busy', 'refuses', 'raves'] as const

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom(...kinds) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('login' as const), as: fc.constantFrom(alice.id, bob.id) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('mood' as const), mood: fc.constantFrom(...moods), delay: fc.constantFrom(1, 300, 2500) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('jump' as const), ahead: fc.constantFrom(0, 3_600_000, -3_600_000, 86_400_000, -86_400_000) }) },
)
const step: fc.Arbitrary<Step> = fc.record({ act, tab: fc.nat(2), then: fc.constantFrom(0, 1, 30, 400, 1000, 3100, 9000, 70_000) })
const arrival: Step = { act: { kind: 'login', as: alice.id }, tab: 0, then: 30 }
const schedule = fc.tuple(fc.nat(), fc.constantFrom(...ways), fc.array(step, { minLength: 4, maxLength: 24, size: 'max' }).map((steps) => [arrival, ...steps]))
const runs = 1000

/** The customer whom a stored or handed out token names. */
const named = (jwt: string): string => [alice, bob].find(({ id }) => decode(jwt)?.customer_id === id)?.id ?? assert.fail('not a token')

function storesOnlyTheirs({ items, owner }: World): void {
  assert.deepEqual(tokensIn(items).filter((id) => id !== owner()), [])
  for (const id of tokensIn(items)) assert.equal(named(items['shapes:omneo:shapestoken:' + id]!), id)
  assert.ok(!items[who] || items[who] === owner(), 'somebody else counts as logged in')
}

function answersOnlyTheirs({ asked }: World): void {
  for (const { value, by, guest } of asked) {
    if (guest) assert.ok(!value || !decode(value)!.customer_id, 'a customer\'s token for a guest')
    else assert.ok(!value || named(value) === by.shows, 'a token of another customer than the page shows')
  }
}

function settlesAll({ asked }: World): void {
  const open = asked.filter(({ by, value, error }) => !by.dead && value === undefined && !error)
  assert.equal(open.length, 0, 'a promise is open')
  for (const { error } of asked) assert.ok(!error || error.code, String(error))
}

test('1,000 schedules of tabs, logins, logouts and failures end with the right customer\'s token or none', { timeout: 300_000 }, async () => {
  let [answered, visited] = [0, 0]
  await fc.assert(fc.asyncProperty(schedule, async ([seed, way, steps]) => {
    const visit = world(seed, way)
    await visit.run(steps)
    await visit.rest()
    storesOnlyTheirs(visit)
    answersOnlyTheirs(visit)
    settlesAll(visit)
    answered += visit.asked.filter(({ value, guest }) => value && !guest).length
    visited += visit.asked.filter(({ value, guest }) => value && guest).length
  }), { numRuns: runs })
  assert.ok(answered > runs / 3 && visited > runs / 60, `only ${answered} tokens of customers and ${visited} of guests were handed out: the schedules test little`)
})
