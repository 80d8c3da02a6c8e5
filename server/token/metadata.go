package token

import (
	"slices"
	"strings"

	"github.com/shapestoken/shapestoken/server/broker"
)

// metadata says what is true of the tenant today. Grants and response types are
// spelt out as none: left out, RFC 8414 section 2 would have a client take
// authorization_code and implicit for granted.
type metadata struct {
	Issuer        string             `json:"issuer"`
	JWKS          string             `json:"jwks_uri"`
	ResponseTypes []string           `json:"response_types_supported"`
	GrantTypes    []string           `json:"grant_types_supported"`
	SubjectTypes  []string           `json:"subject_types_supported"`
	Algorithms    []broker.Algorithm `json:"id_token_signing_alg_values_supported"`
	Claims        []string           `json:"claims_supported"`
}

// discovery names the algorithm of every published key: a token may have been
// signed with any of them a moment ago, or will be in a moment.
func discovery(issuer string, keys []key) metadata {
	m := metadata{
		Issuer:        issuer,
		JWKS:          strings.TrimSuffix(issuer, "/") + "/.well-known/jwks.json",
		ResponseTypes: []string{},
		GrantTypes:    []string{},
		SubjectTypes:  []string{"public"},
		Claims:        []string{"iss", "sub", "aud", "exp", "iat", "jti", "pid", "shop", "customer_id", "amr"},
	}
	for _, k := range keys {
		if !slices.Contains(m.Algorithms, k.algorithm) {
			m.Algorithms = append(m.Algorithms, k.algorithm)
		}
	}
	return m
}
