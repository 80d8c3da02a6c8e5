// What an endpoint that clients call says no with (RFC 6749 section 5.2).
import { described } from './server.mjs'
import { must } from './verdict.mjs'

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
