// How a server says no, to a client (RFC 6749 section 5.2) and by way of a browser (section 4.1.2.1).
import { described } from './server.mjs'
import { must, same } from './verdict.mjs'

/** An answer is an error in one of these words, and has no token. */
export function refused(answer, errors, what = '') {
  const { status, json } = answer
  const label = what && `${what}: `
  must(status === 400 || status === 401, `${label}${described({ page: answer })}`)
  must(errors.includes(json?.error), `${label}${described({ page: answer })}, want ${errors.join(' or ')}`)
  must(!json.access_token && !json.id_token && !json.refresh_token, `${label}an error with a token`)
}

export const notClient = ['invalid_client', 'invalid_request', 'unauthorized_client']
export const notGrant = ['invalid_grant', 'invalid_request']

/** An authorization ends in an error that is sent back to the client, in one of these words. */
export function told(outcome, ...errors) {
  must(outcome.callback, `not sent back: ${described(outcome)}`)
  must(errors.includes(outcome.said.error), `${described(outcome)}, want ${errors.join(' or ')}`)
  same(outcome.said.state, outcome.sent.state, 'state')
  must(!outcome.said.code, 'a code with an error')
}
