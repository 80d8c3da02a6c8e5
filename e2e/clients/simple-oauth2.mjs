// simple-oauth2 knows no discovery: it is told the endpoints that the document names.
import { ClientCredentials } from 'simple-oauth2'
import { serve } from './lines.mjs'

const methods = { client_secret_basic: 'header', client_secret_post: 'body' }

await serve(async ({ issuer, id, secret, method }) => {
  const { token_endpoint, revocation_endpoint } = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()
  const client = new ClientCredentials({
    client: { id, secret },
    auth: { tokenHost: new URL(issuer).origin, tokenPath: token_endpoint, revokePath: revocation_endpoint },
    options: { authorizationMethod: methods[method] },
  })
  return {
    token: async (parameters) => (await client.getToken(parameters)).token,
    use: async ({ token, url }) => ({ status: (await fetch(url, { headers: { Authorization: `Bearer ${token}` } })).status }),
    revoke: async ({ token }) => { await client.createToken({ access_token: token }).revoke('access_token'); return {} },
  }
}, (error) => error.data?.payload?.error)
