// The same thing at once (RFC 6749 section 4.1.2: a code MUST NOT be used more than once).
import { must, same } from '../verdict.mjs'

const atOnce = (times, ask) => Promise.all(Array.from({ length: times }, ask))

const won = (answers) => answers.filter(({ status }) => status === 200)

const code = (times) => ({
  id: `race/code-${times}`, source: 'OAuch SingleFastCodeExchange, MultiFastCodeExchange',
  async run(server) {
    const outcome = await server.code()
    const answers = await atOnce(times, () => server.redeem(outcome))
    same(won(answers).length, 1, 'redemptions that succeeded')
    must(answers.every(({ status }) => status === 200 || status === 400), `status ${answers.map(({ status }) => status)}`)
  },
})

/** A server may give the same successor again for a moment, and may end everything; it may not make two. */
const refresh = (times) => ({
  id: `race/refresh-${times}`, source: 'OAuch SingleFastRefresh, MultiFastRefresh; RFC 9700 §4.14.2',
  async run(server) {
    const { public: client } = server.clients
    const { refresh_token } = await server.tokens({}, { client })
    const answers = await atOnce(times, () => server.refresh(refresh_token, {}, client))
    const successors = new Set(won(answers).map(({ json }) => json.refresh_token))
    must(successors.size <= 1, `${successors.size} successors of one refresh token`)
    must(answers.every(({ status }) => status === 200 || status === 400), `status ${answers.map(({ status }) => status)}`)
  },
})

export default [
  code(2), code(16), refresh(2), refresh(16),
  {
    id: 'race/refresh-and-revoke', source: 'RFC 7009 §2.1',
    async run(server) {
      const { public: client } = server.clients
      const { refresh_token } = await server.tokens({}, { client })
      const [{ json }] = await Promise.all([server.refresh(refresh_token, {}, client), server.revoke(refresh_token, {}, client)])
      if (!json.access_token) return
      must(!await server.counts(json.access_token, false), 'an access token outlived the revocation')
      must((await server.refresh(json.refresh_token, {}, client)).status === 400, 'a refresh token outlived the revocation')
    },
  },
]
