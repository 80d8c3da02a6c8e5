declare global {
  /** Put in by the build, from the file VERSION. */
  const SHAPESTOKEN_VERSION: string
}

export const version: string = SHAPESTOKEN_VERSION
