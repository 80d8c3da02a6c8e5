package proof

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/hmac"
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
	id := broker.Identity{
		Subject:  broker.Subject{Kind: broker.External, ID: claims.Subject},
		Issuer:   issuer.URL,
		Method:   broker.ForeignToken,
		NotAfter: claims.ExpiresAt.Add(idTokenLeeway),
	}
	if issuer.Shop != "" {
		return customerOf(t.Shops[issuer.Shop], id)
	}
	return id, nil
}

// customerOf is for an issuer that speaks of a shop's customers, as Shopify's
// customer accounts do: by their id, or by their global id.
func customerOf(shop *broker.Shop, id broker.Identity) (broker.Identity, error) {
	customer := strings.TrimPrefix(id.Subject.ID, customerPrefix)
	if shop == nil || !hmac.ValidID(customer) {
		return broker.Identity{}, refuseIDToken(errNoCustomer)
	}
	id.Subject, id.Shop = visitor(customer), shop
	return id, nil
}

var errNoCustomer = errors.New("it names no customer of the shop that its issuer is registered with, or the shop is gone")
