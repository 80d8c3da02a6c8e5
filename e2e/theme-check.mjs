// Runs theme-check with our own checks, and prettier, over the shipped snippet
// and section in a small theme, as a theme developer would, and over the theme app
// extension. Ends with 1 on any offense. A folder named as argument is laid over
// the theme.
import { examine, examineExtension } from './theme.mjs'

for (const [what, examined] of [['theme', examine(process.argv[2])], ['extension', examineExtension()]]) {
  const { files, offenses } = await examined
  for (const offense of offenses) console.error(offense)
  console.log(`${what} check: ${files} files, ${offenses.length} offenses`)
  if (offenses.length) process.exitCode = 1
}
