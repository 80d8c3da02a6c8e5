import * as oauth from 'oauth4webapi'
import { serve } from '../lines.mjs'

const insecure = { [oauth.allowInsecureRequests]: true }

await serve(async ({ issuer, id, secret, redirect, scope }) => {
  const [client, auth] = [{ client_id: id }, secret ? oauth.ClientSecretBasic(secret) : oauth.None()]
  const server = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), insecure))
  const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()]
  let tokens
  /** What every answer of the token endpoint goes through: claims as the library reads them, and the signature. */
  const take = async (response, process) => {
    const answer = await process(response)
    const claims = oauth.getValidatedIdTokenClaims(answer)
    if (claims) await oauth.validateApplicationLevelSignature(server, response, insecure)
    tokens = { sub: claims?.sub, ...tokens, ...answer }
    return { access_token: tokens.access_token, sub: tokens.sub }
  }
  return {
    start: async () => {
      const url = new URL(server.authorization_endpoint)
      url.search = new URLSearchParams({
        client_id: id, redirect_uri: redirect, response_type: 'code', scope, state, nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
      })
      return { url: url.href, stop: redirect }
    },
    finish: async ({ url }) => {
      const said = oauth.validateAuthResponse(server, client, new URL(url), state)
      const response = await oauth.authorizationCodeGrantRequest(server, client, auth, said, redirect, verifier, insecure)
      return take(response, (answer) => oauth.processAuthorizationCodeResponse(server, client, answer, { expectedNonce: nonce, requireIdToken: true }))
    },
    refresh: async () => take(await oauth.refreshTokenGrantRequest(server, client, auth, tokens.refresh_token, insecure),
      (answer) => oauth.processRefreshTokenResponse(server, client, answer)),
    userinfo: async () => oauth.processUserInfoResponse(server, client, tokens.sub, await oauth.userInfoRequest(server, client, tokens.access_token, insecure)),
  }
}, (error) => error.error ?? error.code)
