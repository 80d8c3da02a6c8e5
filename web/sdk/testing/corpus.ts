// What may be found where a token should lie: each is no good for the customer, at the time their clock starts.
import { alice, bob, jwt, start } from '../fixture.js'

const good = { pid: 'a2c4', customer_id: alice.id, iat: start, exp: start + 900 }
const whole = jwt(good)
const [head, body, tail] = whole.split('.') as [string, string, string]
const without = (name: keyof typeof good): string => jwt({ ...good, [name]: undefined })

/** A token that is good. */
export const valid = whole

/** Not of the shape of a token. */
export const malformed: Record<string, string> = {
  'nothing': '', 'a blank': ' ', 'null': 'null', 'undefined': 'undefined', 'an object': '{}', 'an array': '[]', 'an old error': 'error',
  'one part': head, 'two parts': `${head}.${body}`, 'only dots': '..', 'an empty payload': `${head}..${tail}`, 'an empty header': `.${body}.${tail}`,
  'no signature': `${head}.${body}.`, 'four parts': `${whole}.${tail}`, 'an encrypted one': `${head}.${head}.${body}.${tail}.${tail}`,
  'quoted': `"${whole}"`, 'a blank before': ' ' + whole, 'a line end after': whole + '\n', 'with its scheme': 'Bearer ' + whole, 'in JSON': JSON.stringify({ token: whole }),
  'padded': `${head}.${body}==.${tail}`, 'not base64url': `${head}.${body}*.${tail}`, 'not ASCII': `${head}.é${body}.${tail}`, 'a payload of one character': `${head}.a.${tail}`,
  'payload no JSON': jwt('pid'), 'payload null': jwt('null'), 'payload an array': jwt('[]'), 'payload a number': jwt('1'), 'payload cut off': jwt(JSON.stringify(good).slice(0, -2)),
  'claims in __proto__': jwt(`{"__proto__":${JSON.stringify(good)}}`),
  'no pid': without('pid'), 'an empty pid': jwt({ ...good, pid: '' }), 'pid null': jwt({ ...good, pid: null }),
}

/** Tokens of somebody else. */
export const foreign: Record<string, string> = {
  'of another customer': jwt({ ...good, customer_id: bob.id }), 'of another customer, a number': jwt({ ...good, customer_id: +bob.id }), 'of nobody': jwt({ ...good, customer_id: '' }),
}

/** Of the shape of a token, but not to be used at that time. */
export const untimely: Record<string, string> = {
  'no exp': without('exp'), 'exp null': jwt({ ...good, exp: null }), 'exp a date': jwt({ ...good, exp: '2099-01-01' }),
  'expired long ago': jwt({ ...good, iat: 1, exp: 901 }), 'expired just now': jwt({ ...good, iat: start - 900, exp: start }),
  'from tomorrow': jwt({ ...good, iat: start + 86_400, exp: start + 87_300 }), 'from in two minutes': jwt({ ...good, iat: start + 120 }),
}
