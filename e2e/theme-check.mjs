// Runs Shopify's theme check over the shipped snippet and section, in a small
// theme that uses them as a theme developer would. Ends with 1 on any offense.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { themeCheckRun } from '@shopify/theme-check-node'

const dist = fileURLToPath(new URL('../web/dist/', import.meta.url))
const theme = mkdtempSync(join(tmpdir(), 'theme-'))

// What every theme has, and the line that the README gives.
const files = {
  'layout/theme.liquid': `<!doctype html>
<html lang="{{ request.locale.iso_code }}">
  <head>
    <title>{{ page_title }}</title>
    {{ content_for_header }}
    {% render 'shapestoken', endpoint: 'https://id.example.com/t/acme' %}
  </head>
  <body>{{ content_for_layout }}</body>
</html>
`,
  'templates/index.json': JSON.stringify({ sections: { token: { type: 'shapestoken', settings: {} } }, order: ['token'] }),
  'config/settings_schema.json': '[]',
  'locales/en.default.json': '{}',
  '.theme-check.yml': 'extends: theme-check:recommended\n',
}

try {
  for (const folder of ['layout', 'templates', 'config', 'snippets', 'sections', 'assets', 'locales']) mkdirSync(join(theme, folder))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(theme, name), text)
  cpSync(join(dist, 'shapestoken.liquid'), join(theme, 'snippets/shapestoken.liquid'))
  cpSync(join(dist, 'sections/shapestoken.liquid'), join(theme, 'sections/shapestoken.liquid'))
  cpSync(join(dist, 'shapestoken.js'), join(theme, 'assets/shapestoken.js'))

  const { offenses, theme: checked } = await themeCheckRun(theme)
  for (const { check, message, uri, start } of offenses) console.error(`${uri.replace(/.*\/theme-[^/]+\//, '')}:${start.line + 1}: ${check}: ${message}`)
  if (checked.length < 4) throw new Error(`only ${checked.length} files were checked`)
  console.log(`theme check: ${checked.length} files, ${offenses.length} offenses`)
  process.exitCode = offenses.length ? 1 : 0
} finally {
  rmSync(theme, { recursive: true })
}
