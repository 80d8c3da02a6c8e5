// Runs theme-check with our own checks, and prettier, over the shipped snippet
// and section in a small theme, as a theme developer would. Ends with 1 on any
// offense. A folder named as argument is laid over the theme.
import { examine } from './theme.mjs'

const { files, offenses } = await examine(process.argv[2])
for (const offense of offenses) console.error(offense)
console.log(`theme check: ${files} files, ${offenses.length} offenses`)
process.exitCode = offenses.length ? 1 : 0
