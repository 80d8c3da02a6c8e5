import * as oauth from 'oauth4webapi'
import { privateKey, serve } from './lines.mjs'

const methods = {
  client_secret_basic: oauth.ClientSecretBasic,
  client_secret_post: oauth.ClientSecretPost,
  private_key_jwt: async (jwk) => oauth.PrivateKeyJwt({ kid: jwk.kid, key: await privateKey(jwk) }),
}
const insecure = { [oauth.allowInsecureRequests]: true }

await serve(async ({ issuer, id, secret, method }) => {
  const [client, auth] = [{ client_id: id }, await methods[method](secret)]
  const server = await oauth.processDiscoveryResponse(new URL(issuer),
    await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...insecure }))
  return {
    token: async (parameters) => oauth.processClientCredentialsResponse(server, client,
      await oauth.clientCredentialsGrantRequest(server, client, auth, parameters, insecure)),
    exchange: async (parameters) => oauth.processGenericTokenEndpointResponse(server, client,
      await oauth.genericTokenEndpointRequest(server, client, auth, 'urn:ietf:params:oauth:grant-type:token-exchange', parameters, insecure)),
    use: async ({ token, url }) => {
      const { status } = await oauth.protectedResourceRequest(token, 'GET', new URL(url), undefined, undefined, insecure).catch((error) => error)
      return { status }
    },
    introspect: async ({ token }) => oauth.processIntrospectionResponse(server, client,
      await oauth.introspectionRequest(server, client, auth, token, insecure)),
    revoke: async ({ token }) => {
      await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, auth, token, insecure))
      return {}
    },
    // What a resource server does with a token (RFC 9068 section 4).
    verify: ({ token, audience }) => oauth.validateJwtAccessToken(server,
      new Request('https://api.example', { headers: { Authorization: `Bearer ${token}` } }), audience, insecure),
  }
}, async (error) => error.error ?? (await error.response?.json())?.error) // a challenge hides the body, which has the code
