// Stands in for Shopify's Customer Privacy API: as much of it as concerns
// preferences. Each page view begins with a visitor who has not answered yet.
{
  let allowed = false

  const customerPrivacy = {
    preferencesProcessingAllowed: () => allowed,
    setTrackingConsent({ preferences }, done) {
      allowed = preferences
      document.dispatchEvent(new CustomEvent('visitorConsentCollected', { detail: { preferencesAllowed: allowed } }))
      done()
    },
  }

  window.Shopify = {
    loadFeatures(features, done) {
      setTimeout(() => {
        Shopify.customerPrivacy = customerPrivacy
        done()
      })
    },
  }
}
