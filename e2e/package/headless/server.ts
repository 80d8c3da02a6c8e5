// Runs the server's side of docs/headless.md. Argument: {vectors, env, id};
// answer: what each of its functions makes of it.
import { readFileSync } from 'node:fs'
import { GET } from './app/shapestoken/route'
import { customerId } from './app/lib/customer.server'
import { exchange } from './app/lib/exchange.server'
import { sign } from './app/lib/proof.server'
import { loader } from './app/routes/shapestoken'

const { vectors, env, id } = JSON.parse(process.argv[2]!)

interface Vector { secret: string; shop: string; id: string; timestamp: number; signature: string }
const known: Vector[] = JSON.parse(readFileSync(vectors, 'utf8')).v2
const signed = await Promise.all(known.map(async (v) => v.signature === (await sign(v.secret, v.shop, v.id, String(v.timestamp)))))

// Hydrogen's client throws a redirect to the login when a guest's page asks for the customer.
const account = (gid: string | null) => ({
  isLoggedIn: async () => gid !== null,
  query: async <Result>() => {
    if (gid === null) throw new Response(null, { status: 302 })
    return { data: { customer: { id: gid } } as Result }
  },
})
const answer = await loader({ context: { customerAccount: account(`gid://shopify/Customer/${id}`), env } })
const proof = await answer.json()
Object.assign(process.env, env)
const get = async (cookie: HeadersInit) => (await GET(new Request('https://shop.example.com/shapestoken', { headers: cookie }))).json()

console.log(JSON.stringify({
  signed,
  proof,
  cache: answer.headers.get('cache-control'),
  token: await exchange(proof),
  refused: await exchange({ ...proof, signature: '0'.repeat(64) }).catch(String),
  empty: await sign('', 'a.myshopify.com', id, '1795200000').catch(String),
  guest: await (await loader({ context: { customerAccount: account(null), env } })).json(),
  foreign: await customerId(account('gid://shopify/Order/1')),
  elsewhere: (await get({ cookie: id })).id,
  elsewhereGuest: await get({}),
}))
