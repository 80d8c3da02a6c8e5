import * as oidc from 'openid-client'
import { privateKey, serve } from './lines.mjs'

const methods = {
  client_secret_basic: oidc.ClientSecretBasic,
  client_secret_post: oidc.ClientSecretPost,
  private_key_jwt: async (jwk) => oidc.PrivateKeyJwt({ kid: jwk.kid, key: await privateKey(jwk) }),
}

await serve(async ({ issuer, id, secret, method }) => {
  const config = await oidc.discovery(new URL(issuer), id, {}, await methods[method](secret), { execute: [oidc.allowInsecureRequests] })
  return {
    token: (parameters) => oidc.clientCredentialsGrant(config, parameters),
    exchange: (parameters) => oidc.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:token-exchange', parameters),
    use: async ({ token, url }) => {
      const { status } = await oidc.fetchProtectedResource(config, token, new URL(url), 'GET').catch((error) => error)
      return { status }
    },
    introspect: ({ token }) => oidc.tokenIntrospection(config, token),
    revoke: async ({ token }) => { await oidc.tokenRevocation(config, token); return {} },
  }
}, async (error) => error.error ?? (await error.response?.json())?.error) // a challenge hides the body, which has the code
