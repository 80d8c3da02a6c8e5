package broker

import (
	"time"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Issuer is somebody else who says who people are, and whom a tenant trusts: by
// ID tokens (OpenID Connect Core section 2) that are meant for the tenant.
type Issuer struct {
	URL      string // the tokens' iss, exactly
	Audience string // their aud, exactly
	JWKSURL  string // where the issuer publishes its keys
	Project  string // the Firebase project; empty: it is none of Firebase's
	Shop     string // whose customers it speaks of, as Shopify's customer accounts do; empty: people of its own
	// Key is the project's web API key, by which people sign in with an e-mail
	// address and a password at pages of ours. Empty: they cannot.
	Key     secret.Text
	Created time.Time
}

// What Firebase has for all its projects (firebase.google.com, "Verify ID tokens
// using a third-party JWT library").
const (
	firebaseIssuer = "https://securetoken.google.com/"
	firebaseKeys   = "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"
)

// Firebase is the issuer of a Firebase project's ID tokens.
func Firebase(project string) Issuer {
	return Issuer{URL: firebaseIssuer + project, Audience: project, JWKSURL: firebaseKeys, Project: project}
}

// SignsIn is the issuer that people sign in with at the tenant's pages, or nil.
func (t *Tenant) SignsIn() *Issuer {
	for _, issuer := range t.Issuers {
		if issuer.Project != "" && !issuer.Key.Empty() {
			return issuer // the store has one at most
		}
	}
	return nil
}
