import { attempt } from './attempt.js'
/** The part of Shopify's page that speaks of consent; it may be missing, or come later. */
declare const Shopify: {
  customerPrivacy: { preferencesProcessingAllowed(): boolean }
  loadFeatures(features: { name: string; version: string }[], done: () => void): void
}

/** True while the visitor lets the shop keep preferences; false as long as that is not known. */
export const allowed = (): unknown => attempt(() => Shopify.customerPrivacy.preferencesProcessingAllowed())

/** Loads Shopify's Customer Privacy API, and tells when the answer may have changed. */
export const consider = (changed: () => void): void => {
  document.addEventListener('visitorConsentCollected', changed)
  attempt(() => Shopify.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], changed))
}
