package token

import (
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/broker"
)

const (
	longest = 8 << 10          // bytes; a longer token is not looked at
	leeway  = 60 * time.Second // how far ahead another server's clock may be
)

// Claims are what a verified token says.
type Claims struct {
	Issuer     string
	Subject    string
	Audience   []string
	ID         string // jti
	PID        string
	Shop       string // empty: no shop was involved
	CustomerID string
	Client     string          // of an access token
	Scope      string          // of an access token
	Session    string          // sid, of an access token; empty: it comes from none
	Elsewhere  Elsewhere       // sub_id; zero: it speaks of nobody whom another issuer knows
	Program    bool            // the subject is a client, and not the one it was issued to
	Actor      *Actor          // act; nil: nobody speaks for the subject
	Methods    []broker.Method // amr
	IssuedAt   time.Time
	ExpiresAt  time.Time
}

// Elsewhere is what another issuer calls somebody (RFC 9493 section 3.2.3).
type Elsewhere struct {
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
}

// Actor is who speaks for a subject (RFC 8693 section 4.1).
type Actor struct {
	Subject string `json:"sub"`
	Client  string `json:"client_id"` // of a client: the same
	Session string `json:"sid"`       // that its token came from; empty: none
	Before  *Actor `json:"act"`       // who spoke for the subject before; nil: nobody
}

type payload struct {
	jwt.RegisteredClaims
	PID        string          `json:"pid"`
	Shop       string          `json:"shop"`
	CustomerID string          `json:"customer_id"`
	Client     string          `json:"client_id"`
	Scope      string          `json:"scope"`
	Session    string          `json:"sid"`
	Elsewhere  Elsewhere       `json:"sub_id"`
	Actor      *Actor          `json:"act"`
	Kind       string          `json:"idtyp"`
	Methods    []broker.Method `json:"amr"`
}

// Verify checks one of the tenant's own IDTokens (RFC 8725). Every error is an
// ErrInvalid and quotes nothing of the token. A token is good until exp and
// not a moment longer; iat and nbf may be 60 s ahead. Know a token again by its
// ID and not by its text: an ECDSA signature has two forms.
func (m *Mint) Verify(token string) (Claims, error) {
	c, typ, err := m.parse(token)
	switch {
	case err != nil:
		return Claims{}, err
	case typ != idType:
		return Claims{}, ErrHeader
	case !m.forUs(c.Audience) || c.PID == "":
		return Claims{}, ErrClaims
	}
	return c, nil
}

// parse checks all but for what and for whom the token is.
func (m *Mint) parse(token string) (c Claims, typ string, err error) {
	if !shaped(token) {
		return Claims{}, "", ErrMalformed
	}
	var p payload
	t, err := m.parser.ParseWithClaims(token, &p, m.key)
	if err != nil {
		return Claims{}, "", reason(err)
	}
	switch {
	case p.IssuedAt == nil || p.Subject == "" || p.ID == "" || len(p.Audience) == 0:
		return Claims{}, "", ErrClaims
	case !m.now().Before(p.ExpiresAt.Time): // golang-jwt has allowed for the leeway here too
		return Claims{}, "", ErrExpired
	}
	typ, _ = t.Header["typ"].(string)
	return p.claims(), typ, nil
}

// forUs tells whether a token is meant for the tenant itself.
func (m *Mint) forUs(audience []string) bool {
	return slices.ContainsFunc(audience, func(a string) bool { return slices.Contains(m.audience, a) })
}

func newParser(c Config, keys []key) *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods(algorithmsOf(keys)),
		jwt.WithStrictDecoding(), // or the last character could be changed
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithIssuer(c.Issuer),
		jwt.WithLeeway(leeway),
		jwt.WithTimeFunc(c.Now),
	)
}

func algorithmsOf(keys []key) (names []string) {
	for _, k := range keys {
		names = append(names, string(k.algorithm))
	}
	return names
}

// shaped refuses what costs more to parse than to look at: it is asked before
// anything is split or allocated. golang-jwt would skip line ends in base64.
func shaped(token string) bool {
	if len(token) > longest {
		return false
	}
	dots := 0
	for i := range len(token) {
		switch c := token[i]; {
		case c == '.':
			dots++
		case !base64url(c):
			return false
		}
	}
	return dots == 2
}

func base64url(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// key finds the key that the header names, among this tenant's alone, and holds
// the header to that key's algorithm. Our headers have these three members; any
// more (crit, b64, zip, jwk, jku, x5u, x5c) would be somebody else's. All kids
// here are thumbprints, so that looking one up says that it is well-formed.
func (m *Mint) key(t *jwt.Token) (any, error) {
	if len(t.Header) != 3 || t.Header["typ"] != idType && t.Header["typ"] != accessType {
		return nil, ErrHeader
	}
	kid, _ := t.Header["kid"].(string)
	k := m.keys[kid] // an unknown one has no algorithm
	if t.Method.Alg() != string(k.algorithm) {
		return nil, ErrKey
	}
	return k.public, nil
}

func (p payload) claims() Claims {
	return Claims{
		Issuer:     p.Issuer,
		Subject:    p.Subject,
		Audience:   p.Audience,
		ID:         p.ID,
		PID:        p.PID,
		Shop:       p.Shop,
		CustomerID: p.CustomerID,
		Client:     p.Client,
		Scope:      p.Scope,
		Session:    p.Session,
		Elsewhere:  p.Elsewhere,
		Program:    p.Kind == program,
		Actor:      p.Actor,
		Methods:    p.Methods,
		IssuedAt:   p.IssuedAt.Time,
		ExpiresAt:  p.ExpiresAt.Time,
	}
}
