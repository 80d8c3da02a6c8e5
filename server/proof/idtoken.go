package proof

import (
	"context"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// IDToken proves a person by an ID token of an issuer whom the tenant trusts
// (OpenID Connect Core section 3.1.3.7; firebase.google.com, "Verify ID tokens").
type IDToken struct {
	Keys Keys
	Now  func() time.Time
	// AnyIssuer also takes the word of those that are no Firebase project.
	AnyIssuer bool
}

const idTokenLeeway = 60 * time.Second // how far the issuer's clock may be off, either way

// Prove implements broker.Proof.
func (p IDToken) Prove(ctx context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	return p.Verify(ctx, t, r.Bearer)
}

// Verify returns whom a token speaks of. One that is not right is a
// broker.InvalidToken, whose cause is the reason and quotes nothing;
// broker.Unavailable says that nobody can tell.
func (p IDToken) Verify(ctx context.Context, t *broker.Tenant, token secret.Text) (broker.Identity, error) {
	text := token.Reveal()
	named, readable := unverified(text)
	issuer := t.Issuers[named.Issuer]
	switch {
	case !readable:
		return broker.Identity{}, refuseIDToken(jwt.ErrTokenMalformed)
	case issuer == nil || !expected(issuer.URL, issuer.JWKSURL, []string{issuer.Audience}) || issuer.Project == "" && !p.AnyIssuer:
		return broker.Identity{}, refuseIDToken(errIssuer)
	}
	var claims idTokenClaims
	by := p.publisher(issuer)
	parser := jwt.NewParser(jwt.WithValidMethods(idTokenAlgorithms), jwt.WithStrictDecoding(), jwt.WithTimeFunc(p.Now),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(idTokenLeeway),
		jwt.WithIssuer(issuer.URL), jwt.WithAudience(issuer.Audience))
	if _, err := parser.ParseWithClaims(text, &claims, by.key(ctx)); err != nil {
		return broker.Identity{}, by.refusal(err)
	}
	if err := claims.wrong(p.Now().Add(idTokenLeeway), issuer); err != nil {
		return broker.Identity{}, refuseIDToken(err)
	}
	return broker.Identity{
		Subject:  broker.Subject{Kind: broker.External, ID: claims.Subject},
		Issuer:   issuer.URL,
		Method:   broker.ForeignToken,
		NotAfter: claims.ExpiresAt.Add(idTokenLeeway),
	}, nil
}
