import * as oidc from 'openid-client'
import { serve } from '../lines.mjs'

await serve(async ({ issuer, id, secret, redirect, scope }) => {
  const auth = secret ? oidc.ClientSecretBasic(secret) : oidc.None()
  const config = await oidc.discovery(new URL(issuer), id, {}, auth, { execute: [oidc.allowInsecureRequests] })
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()]
  const tokens = {}
  const take = (answer) => {
    Object.assign(tokens, { refresh_token: tokens.refresh_token, ...answer })
    tokens.sub = answer.claims()?.sub ?? tokens.sub
    return { access_token: tokens.access_token, sub: tokens.sub }
  }
  return {
    start: async () => {
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirect, scope, state: expectedState, nonce: expectedNonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
      })
      return { url: url.href, stop: redirect }
    },
    finish: async ({ url }) => take(await oidc.authorizationCodeGrant(config, new URL(url), { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true })),
    refresh: async () => take(await oidc.refreshTokenGrant(config, tokens.refresh_token)),
    userinfo: () => oidc.fetchUserInfo(config, tokens.access_token, tokens.sub),
  }
}, (error) => error.error ?? error.code)
