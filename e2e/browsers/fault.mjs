// A proxy in front of the real program. Each scene has a lane of its own in it,
// which counts what is asked and can answer wrongly; the good path is the program's.
import { once } from 'node:events'
import { createServer, request as ask } from 'node:http'

export async function fault(program) {
  const lanes = new Map()
  const server = createServer(async (request, response) => {
    response.shouldKeepAlive = false // on a used connection browsers ask again by themselves, which would count
    const [, name, url] = /^\/(\w+)(\/.*)$/.exec(request.url) ?? []
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const asked = { method: request.method, url, headers: request.headers, body: Buffer.concat(chunks).toString() }
    const pass = () => forward(program, asked, response)
    const lane = lanes.get(name)
    lane?.log.push(asked)
    return lane && exchange(asked) ? lane.answer(response, pass, lane.exchanges.length) : pass()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${server.address().port}`
  return {
    origin,
    /** A lane to a tenant. Its answer gets the response, a way to pass the request on, and the number of exchanges so far. */
    lane(tenant = 'acme') {
      const name = `lane${lanes.size}`
      const lane = {
        endpoint: `${origin}/${name}/t/${tenant}`,
        log: [],
        get exchanges() { return lane.log.filter(exchange) },
        get preflights() { return lane.log.filter(({ method }) => method === 'OPTIONS') },
        answer: (_, pass) => pass(),
      }
      lanes.set(name, lane)
      return lane
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

const exchange = ({ method, url }) => method === 'POST' && url.endsWith('/shopify/api/v1/auth/token')

/** Hands a request to the program, and its answer to the browser, as they are. */
function forward(program, { method, url, headers, body }, response) {
  const onward = ask(program + (url ?? '/'), { method, headers: { ...headers, host: new URL(program).host } }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  onward.end(body)
}
