// The small theme in theme/, with what we ship in it, and what is wrong with it.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import liquid from '@shopify/prettier-plugin-liquid'
import { themeCheckRun } from '@shopify/theme-check-node'
import prettier from 'prettier'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

const shipped = {
  'shapestoken.liquid': 'snippets/shapestoken.liquid',
  'sections/shapestoken.liquid': 'sections/shapestoken.liquid',
  'shapestoken.js': 'assets/shapestoken.js',
}

/** examine returns how many files were looked at, and a line for each offense. A folder named is laid over the theme. */
export async function examine(overlay) {
  const theme = mkdtempSync(join(tmpdir(), 'theme-'))
  try {
    build(theme, overlay)
    const runs = [await check(theme, '.theme-check.yml'), await check(theme, '.theme-check-all.yml')]
    const files = runs[0].files
    const unformatted = await format(theme, files.filter((file) => file.endsWith('.liquid')))
    return { files: files.length, offenses: [...new Set([...runs.flatMap(({ offenses }) => offenses), ...unformatted])] }
  } finally {
    rmSync(theme, { recursive: true })
  }
}

function build(theme, overlay) {
  cpSync(here('theme'), theme, { recursive: true })
  for (const [from, to] of Object.entries(shipped)) cpSync(here(`../web/dist/${from}`), join(theme, to))
  if (overlay) cpSync(overlay, theme, { recursive: true })
  mkdirSync(join(theme, 'node_modules'))
  symlinkSync(here('../web/theme-check'), join(theme, 'node_modules/theme-check-shapestoken'))
}

async function check(theme, config) {
  const { offenses, theme: files } = await themeCheckRun(theme, join(theme, config))
  const name = (uri) => relative(theme, fileURLToPath(uri))
  return {
    files: files.map(({ uri }) => name(uri)),
    offenses: offenses.map(({ check, message, uri, start }) => `${name(uri)}:${start.line + 1}: ${check}: ${message}`),
  }
}

async function format(theme, files) {
  const options = { ...JSON.parse(readFileSync(join(theme, '.prettierrc.json'), 'utf8')), plugins: [liquid], parser: 'liquid-html' }
  const offenses = []
  for (const file of files) {
    const text = readFileSync(join(theme, file), 'utf8')
    const line = difference(text, await prettier.format(text, options))
    if (line) offenses.push(`${file}:${line}: prettier: prettier does not leave this file as it is (npx prettier --write)`)
  }
  return offenses
}

/** difference is the number of the first line that differs; 0: none does. */
function difference(text, pretty) {
  const lines = text.split('\n')
  return text === pretty ? 0 : pretty.split('\n').findIndex((line, i) => line !== lines[i]) + 1
}
