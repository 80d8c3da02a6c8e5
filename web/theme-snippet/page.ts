import type * as Sdk from '../sdk/shapestoken.js'

/** The one global name: what the stub puts there, and then the script. */
export interface Page {
  shapestoken?: Partial<Pick<typeof Sdk, 'token' | 'anonymous' | 'peek' | 'clear' | 'on' | 'version'>> & {
    /** Without options: as the page says. */
    init?(options?: Sdk.Options): void
    /** What waits for the script. */
    q?: (() => void)[]
  }
}
