/** Does what may throw; undefined if it did. */
export const attempt = <T>(touch: () => T): T | undefined => {
  try {
    return touch()
  } catch {}
}
