// One HTTP request, exactly as asked: fetch follows redirects, adds headers of its own and hides repeated ones.
import { Agent as Plain, request as plain } from 'node:http'
import { Agent as Secure, request as secure } from 'node:https'

const agents = { 'http:': new Plain({ keepAlive: true }), 'https:': new Secure({ keepAlive: true }) }
const requests = { 'http:': plain, 'https:': secure }

/** A form's body. A parameter that is undefined is left out; a list is sent as one after another. */
export function form(parameters) {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one !== undefined) body.append(name, one)
  }
  return body
}

/** Sends a request. The answer is {url, status, headers, text, json, location}; names of headers are in lower case. */
export function send(address, { method = 'GET', headers = {}, body } = {}) {
  const url = new URL(address)
  const sent = body === undefined ? undefined : `${body}`
  const type = body instanceof URLSearchParams ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}
  const length = sent === undefined ? {} : { 'Content-Length': Buffer.byteLength(sent) }
  return new Promise((resolve, reject) => {
    const asked = requests[url.protocol](url, { method, agent: agents[url.protocol], timeout: 10_000, headers: { ...type, ...length, ...headers } })
    asked.on('error', reject)
    asked.on('timeout', () => asked.destroy(new Error(`${method} ${url.pathname}: no answer within 10 s`)))
    asked.on('response', async (response) => {
      const parts = []
      try {
        for await (const part of response) parts.push(part)
      } catch (error) {
        return reject(error)
      }
      resolve(answer(url, response, Buffer.concat(parts).toString()))
    })
    asked.end(sent)
  })
}

function answer(url, { statusCode: status, headers }, text) {
  return { url, status, headers, text, json: object(text), location: headers.location && new URL(headers.location, url) }
}

function object(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
