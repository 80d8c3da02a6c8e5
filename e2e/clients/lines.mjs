import { createInterface } from 'node:readline'

/**
 * Answers each line of stdin, {do, …}, by that function. The first line says who the client is: {issuer, id, secret,
 * method}; its secret may be a private key. What a function throws becomes {error}, by code.
 */
export async function serve(start, code) {
  let functions
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: name, ...given } = JSON.parse(line)
    try {
      functions ??= await start(given)
      console.log(JSON.stringify(name ? await functions[name](given) : {}))
    } catch (error) {
      console.log(JSON.stringify({ error: (await code(error)) ?? String(error.stack) }))
    }
  }
}

export function privateKey(jwk) {
  return crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
}
