// Builds with Vite. Argument: {root, entry}; an HTML entry is built into the
// folder dist as a site, a script into the answer {code}.
import { join } from 'node:path'
import { build } from 'vite'

const { root, entry } = JSON.parse(process.argv[2])
const common = { root, configFile: false, logLevel: 'error', clearScreen: false }
if (entry.endsWith('.html')) {
  await build({ ...common, build: { rolldownOptions: { input: join(root, entry) } } })
  console.log('{}')
} else {
  const [{ output }] = await build({ ...common, build: { write: false, minify: true, lib: { entry: join(root, entry), formats: ['es'] } } })
  console.log(JSON.stringify({ code: output[0].code }))
}
