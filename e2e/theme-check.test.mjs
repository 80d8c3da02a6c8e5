// Each tool finds what it is there for: a folder of theme-wrong, laid over the
// theme, has one thing wrong, and one of extension-wrong, laid over the theme app
// extension. Without one there is nothing wrong.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { examine, examineExtension } from './theme.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

const wrong = {
  'theme-wrong/broken': ['LiquidHTMLSyntaxError', 'prettier'],
  'theme-wrong/keyless': ['HmacKey'],
  'theme-wrong/misspelt-argument': ['UnrecognizedRenderSnippetArguments'],
  'theme-wrong/missing-snippet': ['MissingTemplate'],
  'theme-wrong/parser-blocking': ['ParserBlockingScript'],
  'theme-wrong/prints-secret': ['SecretMetafield'],
  'theme-wrong/secret-setting': ['SecretInSettings'],
  'theme-wrong/too-large': ['AssetSizeJavaScript'], // theme-check:all only
  'theme-wrong/unformatted': ['prettier'],
  'theme-wrong/wrong-argument-type': ['ValidRenderSnippetArgumentTypes'],
  'extension-wrong/forbidden-tag': ['AppBlockValidTags'],
  'extension-wrong/prints-secret': ['SecretMetafield'],
  'extension-wrong/too-large': ['AssetSizeAppBlockJavaScript'],
}
const run = (folder) => (folder.startsWith('theme') ? examine : examineExtension)(here(folder))

test('every folder is in the list', () => {
  const there = ['extension-wrong', 'theme-wrong'].flatMap((kind) => readdirSync(here(kind)).map((name) => `${kind}/${name}`))
  assert.deepEqual(there.sort(), Object.keys(wrong).sort())
})

for (const [folder, checks] of Object.entries(wrong)) {
  test(`${folder} is found by ${checks.join(' and ')} alone`, async () => {
    const { offenses } = await run(folder)
    assert.deepEqual(offenses.map((line) => line.split(': ')[1]).sort(), checks, offenses.join('\n'))
  })
}

for (const [what, folder, status] of [['what we ship', [], 0], ['an offense', [here('theme-wrong/keyless')], 1]]) {
  test(`npm run theme-check ends with ${status} at ${what}`, () => {
    const run = spawnSync(process.execPath, [here('theme-check.mjs'), ...folder], { encoding: 'utf8' })
    assert.equal(run.status, status, run.stderr)
  })
}
