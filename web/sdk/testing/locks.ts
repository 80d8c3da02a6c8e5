// The Web Locks API as far as the script uses it: exclusive locks by name, first come first served.
import { place, type Place, type Tasks } from './tasks.js'

interface Claim {
  readonly place: Place
  readonly grant: () => void
}

export interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>
  /** What becomes of the locks of a tab that is gone: they are released, unless the browser forgets to. */
  abandon(place: Place): void
}

export function locks(tasks: Tasks): Locks {
  const lines = new Map<string, Claim[]>() // the first in each line holds the lock

  function next(line: Claim[]): void {
    const [claim] = line
    if (claim) tasks.after(0, claim.place, claim.grant)
  }

  function leave(line: Claim[], claim: Claim): void {
    const held = line[0] === claim
    line.splice(line.indexOf(claim), 1)
    if (held) next(line)
  }

  return {
    request(name, work) {
      const line = lines.get(name) ?? []
      lines.set(name, line)
      return new Promise((resolve, reject) => {
        const grant = (): void => void work().then(resolve, reject).finally(() => leave(line, claim))
        const claim: Claim = { place: place()!, grant }
        if (line.push(claim) === 1) next(line)
      })
    },
    abandon(gone) {
      for (const line of lines.values()) for (const claim of line.filter((each) => each.place === gone)) leave(line, claim)
    },
  }
}
