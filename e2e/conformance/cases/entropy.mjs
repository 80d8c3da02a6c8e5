// That nobody guesses what stands for a person (RFC 6749 section 10.10, RFC 6819 section 5.1.4.2.2): 128 bits at the least.
import { must, same } from '../verdict.mjs'

const samples = 20

/** An upper bound by what varies: the places that differ among the samples, times the bits of the characters seen there. */
function bits(texts) {
  const length = Math.min(...texts.map((text) => text.length))
  const places = Array.from({ length }, (_, at) => new Set(texts.map((text) => text[at]))).filter((seen) => seen.size > 1)
  const alphabet = new Set(places.flatMap((seen) => [...seen]))
  return Math.floor(places.length * Math.log2(alphabet.size))
}

/** The part of a token that is random: of a JWT the signature, which stands for all of it. */
const part = (token) => token.split('.').at(-1)

const guessed = (id, source, of) => ({
  id: `entropy/${id}`, source,
  async run(server) {
    const texts = []
    for (let i = 0; i < samples; i++) texts.push(part(await of(server)))
    same(new Set(texts).size, samples, 'different ones')
    must(bits(texts) >= 128, `${bits(texts)} bits at the most`)
  },
})

export default [
  guessed('code', 'OAuch (code entropy)', async (server) => (await server.code()).said.code),
  guessed('access-token', 'OAuch (token entropy)', async (server) => (await server.tokens()).access_token),
  guessed('refresh-token', 'OAuch (refresh entropy)', async (server) => (await server.tokens()).refresh_token),
]
