// Ways to answer an exchange wrongly: each is a lane's answer.

/** What a service says that lists every origin, so that the page may read its failure. */
const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'Retry-After' }

export const reply = (status, body = '', headers = {}) => (response) => response.writeHead(status, { ...cors, ...headers }).end(body)

export const json = (value) => reply(200, JSON.stringify(value), { 'Content-Type': 'application/json' })

export const html = (status) => reply(status, '<!doctype html><title>Oops</title>', { 'Content-Type': 'text/html' })

/** Nothing, and the connection is gone. */
export const drop = (response) => response.destroy()

/** An answer that breaks off in its middle. */
export const half = (response) => {
  response.writeHead(200, { ...cors, 'Content-Type': 'application/json', 'Content-Length': 900 }).write('{"token":"ey')
  setImmediate(() => response.destroy())
}

/** No answer at all. */
export const silence = () => {}

/** Bytes as they are, below HTTP. */
export const raw = (text) => (response) => response.socket.end(text)

/** The program's answer, but only for the first n exchanges something else. */
export const first = (n, other) => (response, pass, count) => (count <= n ? other(response, pass, count) : pass())

/** The program's answer, once somebody opens the gate. */
export function gate() {
  let open
  const opened = new Promise((resolve) => { open = resolve })
  return { open, answer: async (_, pass) => { await opened; pass() } }
}
