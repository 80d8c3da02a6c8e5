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
export const examine = (overlay) =>
  within(overlay, ['.theme-check.yml', '.theme-check-all.yml'], (theme) => {
    cpSync(here('theme'), theme, { recursive: true })
    for (const [from, to] of Object.entries(shipped)) cpSync(here(`../web/dist/${from}`), join(theme, to))
  })

/** examineExtension is examine for the theme app extension, by Shopify's profile for these. */
export const examineExtension = (overlay) =>
  within(overlay, ['.theme-check-extension.yml'], (extension) => {
    cpSync(here('../web/dist/extension'), extension, { recursive: true })
    for (const name of ['.theme-check-extension.yml', '.prettierrc.json']) cpSync(here(`theme/${name}`), join(extension, name))
  })

async function within(overlay, configs, build) {
  const folder = mkdtempSync(join(tmpdir(), 'theme-'))
  try {
    build(folder)
    if (overlay) cpSync(overlay, folder, { recursive: true })
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(here('../web/theme-check'), join(folder, 'node_modules/theme-check-shapestoken'))
    const runs = []
    for (const config of configs) runs.push(await check(folder, config))
    const files = runs[0].files
    const unformatted = await format(folder, files.filter((file) => file.endsWith('.liquid')))
    return { files: files.length, offenses: [...new Set([...runs.flatMap(({ offenses }) => offenses), ...unformatted])] }
  } finally {
    rmSync(folder, { recursive: true })
  }
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
