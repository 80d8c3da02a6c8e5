import { redact } from './redact.js'
import type { Session } from './session.js'

/** Tells a developer a step, if the page asked for that. */
export const trace = ({ debug }: Session, text: string): unknown => debug && console.debug('[shapestoken]', redact(text))
