// Every file in fixtures/wrong has one thing wrong, and fixtures/offenses.txt
// what is said about it (rewritten with UPDATE=1). In fixtures/right nothing is.
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

const require = createRequire(new URL('../../e2e/package.json', import.meta.url)) // where theme-check is installed
const { themeCheckRun } = require('@shopify/theme-check-node')
const here = dirname(fileURLToPath(import.meta.url))
const golden = join(here, 'fixtures/offenses.txt')

const config = (extended) => `extends: ${extended}\n`
const only = config(`['theme-check:nothing', '${join(here, 'recommended.yml')}']`)

/** inTheme runs use with a theme of the fixtures named. */
async function inTheme(fixtures, yaml, use) {
  const theme = mkdtempSync(join(tmpdir(), 'theme-'))
  try {
    for (const folder of ['snippets', 'templates', 'locales']) mkdirSync(join(theme, folder))
    for (const path of fixtures) copyFileSync(path, join(theme, path.endsWith('.json') ? 'templates' : 'snippets', basename(path)))
    writeFileSync(join(theme, '.theme-check.yml'), yaml)
    return await use(theme)
  } finally {
    rmSync(theme, { recursive: true })
  }
}

const files = (folder) => readdirSync(join(here, 'fixtures', folder)).sort().map((name) => join(here, 'fixtures', folder, name))

async function offenses(theme) {
  const { offenses } = await themeCheckRun(theme)
  return offenses.map(({ uri, start, check, message }) => `${basename(uri)}:${start.line + 1}:${start.character + 1}: ${check}: ${message}`).sort()
}

const fileOf = (line) => line.slice(0, line.indexOf(':'))

test('each wrong fixture has one offense, which says what to do', async () => {
  const wrong = files('wrong')
  const found = await inTheme(wrong, only, offenses)
  if (process.env.UPDATE) writeFileSync(golden, found.join('\n') + '\n')
  assert.deepEqual(found.map(fileOf).sort(), wrong.map((path) => basename(path)))
  assert.deepEqual(found, readFileSync(golden, 'utf8').trimEnd().split('\n'))
})

test('no right fixture has an offense', async () => {
  const right = files('right')
  assert.ok(right.length > 0)
  assert.deepEqual(await inTheme(right, only, offenses), [])
})

const one = [join(here, 'fixtures/wrong/print.liquid')]
const asked = "theme-check-shapestoken/recommended.yml"
const install = (theme) => {
  mkdirSync(join(theme, 'node_modules'))
  symlinkSync(here, join(theme, 'node_modules/theme-check-shapestoken'))
}

for (const [how, yaml, prepare] of [
  ['from a clone, by its path', config(`['${join(here, 'recommended.yml')}', 'theme-check:recommended']`), () => {}],
  ['as an installed package', config(`['${asked}', 'theme-check:recommended']`), install],
  ['as an installed package, in a theme app extension', config(`['${asked}', 'theme-check:theme-app-extension']`), install],
  ['found by theme-check itself, switched on by name', 'SecretMetafield:\n  enabled: true\n', install],
]) {
  test(`theme-check loads the checks ${how}`, async () => {
    const found = await inTheme(one, yaml, (theme) => {
      prepare(theme)
      return offenses(theme)
    })
    assert.deepEqual(found.filter((line) => line.includes('SecretMetafield')).map(fileOf), ['print.liquid'])
  })
}

test('a check that breaks down says so', async () => {
  const guarded = require(join(here, 'guarded.js'))
  const broken = guarded({ meta: { code: 'Broken' }, create: () => ({ async LiquidTag({ name }) { throw new Error(`no ${name}`) } }) })
  const said = []
  await broken.create({ report: ({ message }) => said.push(message) }).LiquidTag({ name: 'if' })
  assert.equal(said.length, 1)
  assert.match(said[0], /^Broken broke down .* \(no if\)/)
})
