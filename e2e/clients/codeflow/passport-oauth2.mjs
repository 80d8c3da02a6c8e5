// passport-oauth2 as a web site uses it: its own server and session, without Express. It knows no discovery and no ID
// tokens: it is told the endpoints that the document names, and who the person is by userinfo.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import Strategy from 'passport-oauth2'
import { serve } from '../lines.mjs'

/** Runs the strategy on a request, as Passport does. */
function authenticate(strategy, request, response) {
  return new Promise((resolve, reject) => strategy.authenticate.call(Object.assign(Object.create(strategy), {
    redirect: (url) => response.writeHead(302, { Location: url }).end(),
    success: (user) => { response.end('signed in'); resolve(user) },
    fail: (why) => reject(new Error(why?.message ?? 'refused')),
    error: reject,
  }), request))
}

await serve(async ({ issuer, id, secret, redirect, scope }) => {
  const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener.unref(), 'listening')
  const site = `http://127.0.0.1:${listener.address().port}`
  const strategy = new Strategy({
    authorizationURL: metadata.authorization_endpoint, tokenURL: metadata.token_endpoint, clientID: id, clientSecret: secret,
    callbackURL: redirect.replace('http://127.0.0.1', site), scope, state: true, pkce: true,
  }, (access, refresh, _, done) => done(null, { access, refresh }))
  strategy._oauth2.useAuthorizationHeaderforGET(true)

  const sessions = {}
  let user, signedIn, refused
  const ended = new Promise((resolve, reject) => { [signedIn, refused] = [resolve, reject] })
  ended.catch(() => {}) // finish tells
  listener.on('request', (request, response) => {
    const name = /site=([\w-]+)/.exec(request.headers.cookie)?.[1] ?? randomUUID()
    response.setHeader('Connection', 'close') // nothing keeps this process when it has nothing to do
    response.setHeader('Set-Cookie', `site=${name}; HttpOnly; SameSite=Lax`)
    request.session = sessions[name] ??= {}
    request.query = Object.fromEntries(new URL(request.url, site).searchParams)
    authenticate(strategy, request, response).then(signedIn, (error) => { response.end('refused'); refused(error.oauthError ?? error) })
  })
  const get = (url, token) => new Promise((resolve, reject) => strategy._oauth2.get(url, token, (error, body) => error ? reject(error) : resolve(JSON.parse(body))))
  return {
    start: () => ({ url: `${site}/login`, stop: '' }),
    finish: async () => {
      user = await ended
      return { access_token: user.access }
    },
    refresh: () => new Promise((resolve, reject) => strategy._oauth2.getOAuthAccessToken(user.refresh, { grant_type: 'refresh_token' }, (error, access, refresh) => {
      if (error) return reject(error)
      Object.assign(user, { access, refresh: refresh ?? user.refresh })
      resolve({ access_token: access })
    })),
    userinfo: () => get(metadata.userinfo_endpoint, user.access),
  }
}, (error) => error.data && JSON.parse(error.data).error)
