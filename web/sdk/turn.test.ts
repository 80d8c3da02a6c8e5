import assert from 'node:assert/strict'
import test from 'node:test'
import { clock, define, open, outcome, pending, settle } from './fixture.js'
import { locks } from './testing/locks.js'
import { tasks, within, type Place } from './testing/tasks.js'
import { turn } from './turn.js'

type Work = () => Promise<unknown>
const request = (answer: (name: string, work: Work) => unknown): void => define('navigator', { locks: { request: answer } })

open()

test('the work is done under a lock of that name', async (t) => {
  clock(t)
  let name = ''
  request((asked, work) => ((name = asked), work()))
  assert.equal(await turn('shapestoken:1', async () => 'done'), 'done')
  assert.equal(name, 'shapestoken:1')
})

test('the lock is held until the work has settled', async (t) => {
  clock(t)
  const work = pending<string>()
  let held: Promise<unknown>
  request((_, begin) => (held = begin()))
  const end = outcome(turn('x', () => work.promise))
  const lock = outcome(held!)
  await settle()
  assert.deepEqual([end, lock], [{}, {}])
  work.resolve('done')
  await settle()
  assert.deepEqual([end.value, lock.value], ['done', 'done'])
})

test('the work\'s failure is the turn\'s', async (t) => {
  clock(t)
  const error = new TypeError('x')
  request(async (_, begin) => begin())
  await assert.rejects(turn('x', () => Promise.reject(error)), error)
})

for (const [name, navigator] of Object.entries({
  'without locks': {}, 'without a request': { locks: {} }, 'whose locks throw': { locks: { request() { throw new DOMException('x', 'SecurityError') } } },
  'whose locks refuse': { locks: { request: () => Promise.reject(new DOMException('x', 'SecurityError')) } }, 'whose locks return nothing': { locks: { request() {} } },
})) {
  test(`a browser ${name} does the work at once, and once`, async (t) => {
    clock(t)
    define('navigator', navigator)
    let done = 0
    assert.equal(await turn('x', async () => ++done), 1)
    await settle()
    assert.equal(done, 1)
  })
}

test('who does not get the lock goes on without it after 3 seconds', async (t) => {
  const pass = clock(t)
  request(() => new Promise(() => {}))
  let done = 0
  const end = outcome(turn('x', async () => ++done))
  await pass(2.99, 0.01)
  assert.equal(done, 0)
  await pass(0.01, 0.01)
  assert.equal(end.value, 1)
})

test('a lock that comes after that finds the work begun, and waits for its end', async (t) => {
  const pass = clock(t)
  let grant!: Work
  request((_, begin) => ((grant = begin), new Promise(() => {})))
  const work = pending<string>()
  let begun = 0
  void turn('x', () => (begun++, work.promise))
  await pass(3)
  const lock = outcome(grant())
  await settle()
  assert.deepEqual([begun, lock], [1, {}])
  work.resolve('done')
  await settle()
  assert.equal(lock.value, 'done')
})

test('work that is done is not done again when its 3 seconds are over', async (t) => {
  const pass = clock(t)
  request((_, begin) => begin())
  let done = 0
  await turn('x', async () => ++done)
  await pass(4)
  assert.equal(done, 1)
})

test('the locks that the tests of several tabs stand on: first come first served, released at the end or when a tab goes', async () => {
  const time = tasks(0)
  const queue = locks(time)
  const [first, second, third]: Place[] = Array.from({ length: 3 }, () => ({ globals: {}, frozen: false, dead: false })) as [Place, Place, Place]
  const seen: string[] = []
  const work = pending<void>()
  within(first!, () => void queue.request('x', () => (seen.push('first'), work.promise)))
  within(second!, () => void queue.request('x', () => (seen.push('second'), new Promise(() => {}))))
  within(third!, () => void queue.request('x', async () => void seen.push('third')))
  within(third!, () => void queue.request('y', async () => void seen.push('other')))
  await time.pass(1)
  assert.deepEqual(seen, ['first', 'other'])
  work.resolve()
  await time.pass(1)
  assert.deepEqual(seen.slice(2), ['second'])
  queue.abandon(second!)
  await time.pass(1)
  assert.deepEqual(seen.slice(3), ['third'])
})
