/** Leaves the last four characters of each token and signature: enough to tell two apart, and no door to open. */
export const redact = (text: string): string => text.replace(/eyJ[\w.-]+|[0-9a-f]{64}/gi, (secret) => '…' + secret.slice(-4))
