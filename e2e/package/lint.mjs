// What publint and Are the types wrong? have against a packed package.
// Argument: {tarball}; answer: a list of messages.
import { readFileSync } from 'node:fs'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const { tarball } = JSON.parse(process.argv[2])
const packed = readFileSync(tarball)
const { messages, pkg } = await publint({ pack: { tarball: packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.byteLength) } })

// Liquid files are copied, not imported. Left out is what an ES module cannot
// help: node10, TypeScript's oldest way to find modules, knows no exports, and
// who calls require gets a module, which Node.js has allowed since 20.19.
const { problems } = await checkPackage(createPackageFromTarballData(packed), {
  excludeEntrypoints: ['./shapestoken.liquid', './sections/shapestoken.liquid', './package.json'],
})
const wrong = problems.filter(({ kind, resolutionKind }) => kind !== 'CJSResolvesToESM' && resolutionKind !== 'node10')
console.log(JSON.stringify([...messages.map((message) => formatMessage(message, pkg)), ...wrong.map((problem) => JSON.stringify(problem))]))
