package proof

import (
	"crypto"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/broker"
)

// idTokenKeys are the algorithms that an ID token may be signed by, and which key
// is for each.
var idTokenKeys = map[string]func(crypto.PublicKey) bool{
	"RS256": is[*rsa.PublicKey],
	"ES256": onCurve(elliptic.P256()),
}

var idTokenAlgorithms = slices.Sorted(maps.Keys(idTokenKeys))

// kids are what issuers call their keys. For anything else nobody is asked.
var kids = regexp.MustCompile(`^[A-Za-z0-9_+/=-]{1,128}$`)

func (p IDToken) publisher(i *broker.Issuer) publisher {
	return publisher{
		keys: p.Keys, jwksURL: i.JWKSURL, algorithms: idTokenKeys, types: []string{"JWT"}, kid: kids.MatchString,
		refuse: refuseIDToken, unchecked: errIDTokenUnchecked,
	}
}

type idTokenClaims struct {
	jwt.RegisteredClaims
	AuthTime *jwt.NumericDate `json:"auth_time"`
}

const longestSub = 128 // characters: what Firebase gives

// wrong looks at what golang-jwt does not. Nothing may have happened after latest.
func (c idTokenClaims) wrong(latest time.Time, issuer *broker.Issuer) error {
	switch {
	case len(c.Audience) != 1: // it was made for somebody else, too
		return jwt.ErrTokenInvalidAudience
	case c.IssuedAt == nil, c.AuthTime == nil && issuer.Project != "":
		return jwt.ErrTokenRequiredClaimMissing
	case c.AuthTime != nil && c.AuthTime.After(latest):
		return errAuthTime
	case c.Subject == "" || utf8.RuneCountInString(c.Subject) > longestSub || strings.ContainsFunc(c.Subject, unicode.IsControl):
		return errSub
	}
	return nil
}

// The reasons, beside those of any JWT.
var (
	errIssuer   = errors.New("it is of no issuer or project that this tenant trusts")
	errAuthTime = errors.New("the sign-in that it tells of is in the future")
	errSub      = errors.New("it has no uid of 1 to 128 characters")
)

var errIDTokenUnchecked = broker.Refuse(broker.Unavailable, "the issuer's keys cannot be had at the moment, so nobody knows whether the ID token is right; try again").
	After(10 * time.Second)

func refuseIDToken(reason error) *broker.Error {
	return broker.Refuse(broker.InvalidToken, "the ID token is not good here; get a new one from an issuer that this tenant trusts").Because(reason)
}
