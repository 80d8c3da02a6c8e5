/** Settles once there is a page to be seen: at once, unless the browser renders it on suspicion. */
export const shown = async (): Promise<unknown> =>
  (document as { prerendering?: boolean }).prerendering && new Promise((seen) => document.addEventListener('prerenderingchange', seen))
