import assert from 'node:assert/strict'
import test from 'node:test'
import { alice, define, service, stage } from './fixture.js'
import type { Arrival, Code, Details, Events, Options, Request } from './index.js'

define('SHAPESTOKEN_VERSION', '9.9.9')

test('the module offers these names and no others', async () => {
  const sdk = await import('./index.js')
  assert.deepEqual(Object.keys(sdk), ['ShapesTokenError', 'anonymous', 'clear', 'init', 'on', 'peek', 'token', 'version'])
  assert.equal(sdk.version, '9.9.9')
})

test('the parts belong together', async (t) => {
  stage(t)
  service()
  const { init, token, peek, clear, on } = await import('./index.js')
  const heard: string[] = []
  on('token', ({ customerId }) => heard.push(customerId))
  on('cleared', () => heard.push('cleared'))
  init(alice)
  assert.equal(await token(), peek())
  clear()
  assert.deepEqual([peek(), heard], [null, [alice.id, 'cleared']])
})

/** Never called: the compiler reads it, and complains of each line that it should complain of and does not. */
export async function types(): Promise<void> {
  const { init, token, anonymous, peek, clear, on, version, ShapesTokenError } = await import('./index.js')
  const options: Options = { source: 'proxy', proxy: null, endpoint: '', id: 1, signature: null, timestamp: 1, shop: undefined, consent: 'preferences', debug: true }
  const request: Request = { signal: new AbortController().signal, fresh: true }
  const stop: () => void = on('token', ({ customerId, expiry, persistent }: Arrival) => [customerId.length, expiry.toFixed(), persistent satisfies boolean])
  on('error', ({ code, retryable, cause, ...details }) => [code satisfies Code, retryable satisfies boolean, cause satisfies unknown, details satisfies Details])
  on('cleared', ({ customerId }: Events['cleared']) => customerId)
  const all: [void, string | null, string | null, string | null, void, string] = [init(options), await token(request), await anonymous(request), peek(), clear(), version]
  const error = new ShapesTokenError('network', 'x', { status: 1 })
  void [stop, all, error.message]

  // @ts-expect-error: the document's name for it
  on('shapes:token', () => {})
  // @ts-expect-error: no event tells the token
  on('token', ({ token }) => token)
  // @ts-expect-error: not what a listener gets
  on('cleared', (id: string) => id)
  // @ts-expect-error: options are required
  init()
  // @ts-expect-error: the name of old
  init({ customerId: '1' })
  // @ts-expect-error: another source
  init({ source: 'liquid' })
  // @ts-expect-error: there may be none
  const theirs: string = await anonymous()
  // @ts-expect-error: another mode of consent
  init({ consent: 'marketing' })
  // @ts-expect-error: no such request
  await token({ force: true })
  // @ts-expect-error: there may be none
  const one: string = await token()
  // @ts-expect-error: another code
  const other = new ShapesTokenError('offline', 'x')
  // @ts-expect-error: errors are not changed
  error.code = 'server'
  void [one, other, theirs]
}
