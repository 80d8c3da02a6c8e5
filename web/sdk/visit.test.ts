import assert from 'node:assert/strict'
import test from 'node:test'
import { answer, jwt, json, serve, session, tokenFor, alice } from './fixture.js'
import { visit } from './visit.js'

const signal = new AbortController().signal
const path = '/apps/shapestoken'

test('one request to the shop itself, with its cookies, past the cache', async () => {
  const calls = serve(() => json({ token: tokenFor(alice), expiry: 1 }))
  assert.equal((await visit({ ...session, proxy: path })(signal)).customer_id, alice.id)
  const { url, init } = calls[0]!
  // By themselves browsers send cookies to the page's own origin, and nowhere else.
  assert.deepEqual([url, init], [path + '/token', { cache: 'no-store', referrerPolicy: 'no-referrer', signal }])
})

test('a guest has a token, too', async () => {
  serve(() => json({ token: jwt({ pid: 'null', sub: 'anon:1' }) }))
  assert.equal((await visit({ ...session, id: '', proxy: path })(signal)).customer_id, undefined)
})

test('a shop without that app proxy is told of by its path', async () => {
  serve(() => answer('<!doctype html><title>404 Not Found</title>', 404))
  await assert.rejects(visit({ ...session, proxy: path })(signal), { code: 'rejected', status: 404, message: '/apps/shapestoken is down or no app proxy (404)' })
})

test('a page without a path asks nobody', async () => {
  const calls = serve(() => json({}))
  await assert.rejects(visit(session)(signal), { code: 'config' })
  assert.equal(calls.length, 0)
})
