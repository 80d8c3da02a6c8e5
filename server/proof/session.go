package proof

import (
	"context"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// Session proves a customer by the session token that Shopify gives to
// extensions of the checkout and of customer accounts (shopify.dev, "Session
// token API"): a JWT signed with the app's client secret. A visitor who is not
// logged in is a guest.
type Session struct {
	Now func() time.Time
}

// sessionClaims are those that Shopify documents. Extensions get no iss.
type sessionClaims struct {
	jwt.RegisteredClaims
	Dest string `json:"dest"`
}

const (
	sessionLeeway  = 10 * time.Second // what Shopify's own libraries allow
	longestSession = 4 << 10          // bytes; Shopify's have a few hundred
	customerPrefix = "gid://shopify/Customer/"
)

// Prove implements broker.Proof. Beyond what Shopify's libraries check it wants
// an expiry, exactly one audience, and an issuer, if there is one, of the same
// shop; and refuses a token from the future.
func (p Session) Prove(_ context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	claims := &sessionClaims{}
	shop, err := p.verify(t, r.Bearer.Reveal(), claims)
	if err != nil {
		return broker.Identity{}, err
	}
	id, isCustomer := strings.CutPrefix(claims.Subject, customerPrefix)
	switch {
	case isCustomer && hmac.ValidID(id):
		return broker.Identity{Subject: visitor(id), Method: broker.Extension, Shop: shop}, nil
	case claims.Subject == "":
		return broker.Identity{Subject: visitor(""), Method: broker.Extension, Shop: shop}, nil
	}
	return broker.Identity{}, errSession // of the admin: it speaks for a member of staff
}

// verify finds the shop by what the token says, and believes the token only then.
func (p Session) verify(t *broker.Tenant, text string, claims *sessionClaims) (*broker.Shop, error) {
	if len(text) > longestSession || strings.Count(text, ".") != 2 {
		return nil, errSession
	}
	if _, _, err := jwt.NewParser().ParseUnverified(text, claims); err != nil {
		return nil, errSession
	}
	shop := t.Shops[host(claims.Dest)]
	if shop == nil || shop.App == nil {
		return nil, errSession
	}
	*claims = sessionClaims{}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithAudience(shop.App.ClientID), jwt.WithLeeway(sessionLeeway), jwt.WithTimeFunc(p.Now), jwt.WithStrictDecoding())
	_, err := parser.ParseWithClaims(text, claims, func(*jwt.Token) (any, error) { return keys(shop.App.Live(p.Now())), nil })
	if err != nil || len(claims.Audience) != 1 || claims.IssuedAt == nil || !agrees(claims) {
		return nil, errSession
	}
	return shop, nil
}

func keys(live []broker.AppSecret) jwt.VerificationKeySet {
	var set jwt.VerificationKeySet
	for _, s := range live {
		set.Keys = append(set.Keys, []byte(s.Text.Reveal()))
	}
	return set
}

func agrees(c *sessionClaims) bool {
	return c.Issuer == "" || host(strings.TrimSuffix(c.Issuer, "/admin")) == host(c.Dest)
}

// host is the shop in a claim, which Shopify writes with and without the scheme.
func host(claim string) string { return strings.TrimPrefix(claim, "https://") }
