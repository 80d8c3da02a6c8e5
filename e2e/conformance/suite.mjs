// Runs the cases against the server that the argument describes (server.mjs), and prints what each found. CASES=regexp
// in the environment chooses among them.
import { readdir } from 'node:fs/promises'
import { Server } from './server.mjs'
import { judge } from './verdict.mjs'

const chosen = new RegExp(process.env.CASES ?? '')
const server = await Server.open(JSON.parse(process.argv[2]))
const folder = new URL('cases/', import.meta.url)
const verdicts = []
for (const name of (await readdir(folder)).sort()) {
  const { default: cases } = await import(new URL(name, folder))
  for (const one of cases) if (chosen.test(one.id)) verdicts.push(await judge(one, server))
}
console.log(JSON.stringify(verdicts))
process.exit() // connections are kept alive
