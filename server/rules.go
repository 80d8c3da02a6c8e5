package main

import (
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
)

// rules are how each grant is served: the list a reader looks for first.
func (s *service) rules() map[broker.GrantType]broker.Rule {
	password := proof.Password{Passwords: passwords{hash.NewPasswords(hash.Config{Child: s.child}), s.config.Store, s.config.Log}}
	access := s.bearer(broker.AnAccessToken, broker.AnOpaqueToken, broker.AnAPIToken)
	whatever := s.bearer(broker.AnAccessToken, broker.AnOpaqueToken, broker.AnAPIToken, broker.AnIDToken, broker.ARefreshToken)
	whatever.ForAnybody = true
	ended := whatever
	ended.Replaced = true
	return map[broker.GrantType]broker.Rule{
		broker.Storefront:   storefront(proof.Customer{Now: time.Now}),
		broker.AppProxy:     storefront(proof.AppProxy{Now: time.Now}),
		broker.SessionToken: storefront(proof.Session{Now: time.Now}),
		broker.Webhook:      {Proof: proof.Webhook{Now: time.Now}, Client: broker.NoClient, EvenSuspended: true},
		broker.Install:      {Proof: proof.Install{Now: time.Now}, Client: broker.NoClient},

		broker.SigningIn:         {Proof: password, Client: broker.NoClient, Yields: broker.YieldSignIn, MaxTTL: signedInFor},
		broker.Visitor:           {Proof: s.signedIn(), Client: broker.NoClient},
		broker.Authorize:         {Proof: s.signedIn(), Client: broker.Named, Yields: broker.YieldCode, MaxTTL: codeTTL},
		broker.AuthorizationCode: {Proof: proof.Code{Sessions: s.sessions(), Sum: sum, Ours: looks(hash.Code)}, Client: broker.AsRegistered, Yields: broker.YieldSession, MaxTTL: broker.Forever},
		broker.RefreshToken:      {Proof: s.refresh(), Client: broker.AsRegistered, Yields: broker.YieldSession, MaxTTL: broker.Forever},

		broker.Registration: {Proof: access, Client: broker.NoClient, Needs: broker.RegistersClients},

		broker.TokenExchange: {Proof: proof.Subject{
			Ours: whatever, Issuers: proof.IDToken{Keys: s.keys, Now: time.Now, AnyIssuer: true}, Shopify: proof.Session{Now: time.Now},
		}, Yields: broker.YieldExchanged, MaxTTL: broker.DefaultAccessTTL},

		broker.ClientCredentials: {Proof: proof.Client{}, Yields: broker.YieldAccess, MaxTTL: broker.Forever},
		broker.Password:          {Proof: password, Yields: broker.YieldAccess, MaxTTL: broker.Forever},
		broker.Basic:             {Proof: proof.Basic{Password: password}, Client: broker.NoClient, Yields: broker.YieldAccess, MaxTTL: broker.DefaultAccessTTL},

		broker.Bearer:        {Proof: access, Client: broker.NoClient},
		broker.IDTokenBearer: {Proof: s.bearer(broker.AnIDToken), Client: broker.NoClient},
		broker.MakeAPIToken:  {Proof: access, Client: broker.NoClient, Yields: broker.YieldAPIToken, Needs: "api-tokens.create"},
		broker.MintProfile: {Proof: proof.Profile{Directory: lookup{s.config.Store}}, Speaker: access, Client: broker.NoClient,
			Yields: broker.YieldIDToken, MaxTTL: broker.MaxTokenTTL, Needs: "id-tokens.create"},

		broker.AppConsent: {Proof: proof.Consent{IDToken: proof.IDToken{Keys: s.keys, Now: time.Now}, Logins: s.config.Firebase}, Client: broker.NoClient, Yields: broker.YieldApp},

		broker.Introspection: {Proof: whatever, Client: broker.Confidential},
		broker.Revocation:    {Proof: ended, Client: broker.AsRegistered, EvenGone: true},
	}
}

// storefront exchanges are counted and logged; the audit is for all others.
func storefront(p broker.Proof) broker.Rule {
	return broker.Rule{Proof: p, Client: broker.NoClient, Yields: broker.YieldIDToken, MaxTTL: broker.MaxTokenTTL, Unaudited: true}
}

func (s *service) bearer(kinds ...broker.TokenKind) proof.Bearer {
	return proof.Bearer{Stored: proof.Stored{Vault: lookup{s.config.Store}, Sum: sum, Now: time.Now}, Refresh: s.refresh(), Kinds: kinds, KindOf: kindOf}
}

// A person stays signed in for a day's work. A code is redeemed at once (RFC 6749
// section 4.1.2 allows ten minutes).
const (
	signedInFor = 12 * time.Hour
	codeTTL     = time.Minute
)

func (s *service) signedIn() proof.SignedIn {
	return proof.SignedIn{SignIns: lookup{s.config.Store}, Sum: sum, Ours: looks(hash.Cookie), Now: time.Now}
}

func looks(like hash.Prefix) func(secret.Text) bool {
	return func(text secret.Text) bool { return hash.Plausible(like, text) }
}

func (s *service) refresh() proof.Refresh {
	return proof.Refresh{Sessions: s.sessions(), Now: time.Now}
}

func (s *service) sessions() sessions { return sessions{keeper{s.config.Store, writer()}} }
