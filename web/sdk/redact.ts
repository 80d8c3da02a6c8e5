/** Leaves the last four characters of each token and signature: enough to tell two apart, and no door to open. */
export const redact = (text: string): string => text.replace(/eyJ[\w.-]+|\w{64}/g, (secret) => '…' + secret.slice(-4))
