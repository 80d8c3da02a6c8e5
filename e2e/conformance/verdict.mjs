// How a case says what it found. A case that returns has passed.

class Failed extends Error {}
class NotApplicable extends Error {}

/** Ends the case as failed unless that is true. */
export function must(good, reason) {
  if (!good) throw new Failed(reason)
}

export const same = (got, want, what) => must(got === want, `${what}: ${got}, want ${want}`)

/** Ends the case: the server does not offer what it is about, which its own metadata says. */
export function onlyIf(offered, reason) {
  if (!offered) throw new NotApplicable(reason)
}

/** Runs a case, and never throws; what it found is in the words of the table. */
export async function judge({ id, source, run }, server, limit = 20_000) {
  let timer
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Failed(`no end within ${limit} ms`)), limit) })
  const told = (result, reason = '') => ({ id, source, result, reason })
  try {
    await Promise.race([run(server), late])
    return told('pass')
  } catch (error) {
    if (error instanceof NotApplicable) return told('not applicable', error.message)
    return told('fail', error instanceof Failed ? error.message : `${error.stack}`.split('\n').slice(0, 2).join(' '))
  } finally {
    clearTimeout(timer)
  }
}
