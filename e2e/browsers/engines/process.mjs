// Which of a browser's processes runs a tab, no protocol says; but the page can be kept busy.
import { readdirSync, readFileSync } from 'node:fs'

/** Kills that descendant of a process, of those with such a command, which the work kept busiest. */
export async function killBusiest(ancestor, command, work) {
  const before = new Map(descendants(ancestor, command).map(({ pid, ticks }) => [pid, ticks]))
  await work()
  const grown = descendants(ancestor, command).map(({ pid, ticks }) => ({ pid, grown: ticks - (before.get(pid) ?? ticks) }))
  const [busiest] = grown.sort((a, b) => b.grown - a.grown)
  process.kill(busiest.pid, 'SIGKILL')
}

function descendants(ancestor, command) {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap(read)
  const family = new Set([ancestor])
  for (let size = 0; size !== family.size; ) {
    size = family.size
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid)
  }
  return all.filter(({ pid, name }) => family.has(pid) && command.test(name))
}

/** One process as /proc tells it; none if it has just ended. */
function read(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
    return [{ pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]), name: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }]
  } catch {
    return []
  }
}
