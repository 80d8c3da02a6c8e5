// Each tool finds what it is there for: a folder of theme-wrong, laid over the
// theme, has one thing wrong. Without one there is nothing wrong.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { examine } from './theme.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

const wrong = {
  'broken': ['LiquidHTMLSyntaxError', 'prettier'],
  'keyless': ['HmacKey'],
  'misspelt-argument': ['UnrecognizedRenderSnippetArguments'],
  'missing-snippet': ['MissingTemplate'],
  'parser-blocking': ['ParserBlockingScript'],
  'prints-secret': ['SecretMetafield'],
  'secret-setting': ['SecretInSettings'],
  'too-large': ['AssetSizeJavaScript'], // theme-check:all only
  'unformatted': ['prettier'],
  'wrong-argument-type': ['ValidRenderSnippetArgumentTypes'],
}

test('every folder of theme-wrong is in the list', () => {
  assert.deepEqual(readdirSync(here('theme-wrong')).sort(), Object.keys(wrong).sort())
})

for (const [folder, checks] of Object.entries(wrong)) {
  test(`theme-wrong/${folder} is found by ${checks.join(' and ')} alone`, async () => {
    const { offenses } = await examine(here(`theme-wrong/${folder}`))
    assert.deepEqual(offenses.map((line) => line.split(': ')[1]).sort(), checks, offenses.join('\n'))
  })
}

for (const [what, folder, status] of [['what we ship', [], 0], ['an offense', [here('theme-wrong/keyless')], 1]]) {
  test(`npm run theme-check ends with ${status} at ${what}`, () => {
    const run = spawnSync(process.execPath, [here('theme-check.mjs'), ...folder], { encoding: 'utf8' })
    assert.equal(run.status, status, run.stderr)
  })
}
