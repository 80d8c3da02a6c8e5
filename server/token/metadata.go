package token

import (
	"slices"
	"strings"

	"github.com/shapestoken/shapestoken/server/broker"
)

// metadata says what is true of the tenant today. Response types are spelt out
// as none: left out, RFC 8414 section 2 would have a client take
// authorization_code and implicit for granted.
type metadata struct {
	Issuer        string             `json:"issuer"`
	JWKS          string             `json:"jwks_uri"`
	people                           // zero where nobody signs in
	Token         string             `json:"token_endpoint"`
	Introspection string             `json:"introspection_endpoint"`
	Revocation    string             `json:"revocation_endpoint"`
	TokenAuth     []string           `json:"token_endpoint_auth_methods_supported"`
	TokenAlgs     []string           `json:"token_endpoint_auth_signing_alg_values_supported"`
	IntroAuth     []string           `json:"introspection_endpoint_auth_methods_supported"`
	IntroAlgs     []string           `json:"introspection_endpoint_auth_signing_alg_values_supported"`
	RevokeAuth    []string           `json:"revocation_endpoint_auth_methods_supported"`
	RevokeAlgs    []string           `json:"revocation_endpoint_auth_signing_alg_values_supported"`
	ResponseTypes []string           `json:"response_types_supported"`
	GrantTypes    []string           `json:"grant_types_supported"`
	SubjectTypes  []string           `json:"subject_types_supported"`
	Algorithms    []broker.Algorithm `json:"id_token_signing_alg_values_supported"`
	Claims        []string           `json:"claims_supported"`
	RequestObject bool               `json:"request_parameter_supported"`
	RequestURI    bool               `json:"request_uri_parameter_supported"`
}

// people is what there is for people who sign in (RFC 9207 section 3 for the issuer).
type people struct {
	Authorization string   `json:"authorization_endpoint,omitempty"`
	Registration  string   `json:"registration_endpoint,omitempty"`
	Userinfo      string   `json:"userinfo_endpoint,omitempty"`
	EndSession    string   `json:"end_session_endpoint,omitempty"`
	Modes         []string `json:"response_modes_supported,omitempty"`
	Challenges    []string `json:"code_challenge_methods_supported,omitempty"`
	NamesIssuer   bool     `json:"authorization_response_iss_parameter_supported,omitempty"`
	Scopes        []string `json:"scopes_supported,omitempty"`
	Prompts       []string `json:"prompt_values_supported,omitempty"`
	Languages     []string `json:"ui_locales_supported,omitempty"`
}

// How a client may show which one it is, everywhere, and how it may sign.
var (
	clientAuth = []string{"client_secret_basic", "client_secret_post", "private_key_jwt"}
	clientAlgs = []string{"ES256", "ES384", "ES512", "EdDSA", "RS256", "PS256"}
	openAuth   = append(slices.Clone(clientAuth), "none") // public clients may redeem codes
)

// discovery names the algorithm of every published key: a token may have been
// signed with any of them a moment ago, or will be in a moment.
func discovery(c Config, keys []key) metadata {
	issuer, grants := c.Issuer, c.Grants
	at := strings.TrimSuffix(issuer, "/")
	m := metadata{
		Issuer:        issuer,
		JWKS:          at + "/.well-known/jwks.json",
		Token:         at + "/oauth2/token",
		Introspection: at + "/oauth2/introspect",
		Revocation:    at + "/oauth2/revoke",
		TokenAuth:     clientAuth,
		TokenAlgs:     clientAlgs,
		IntroAuth:     clientAuth,
		IntroAlgs:     clientAlgs,
		RevokeAuth:    clientAuth,
		RevokeAlgs:    clientAlgs,
		ResponseTypes: []string{},
		GrantTypes:    append([]string{}, grants...),
		SubjectTypes:  []string{"public"},
		Claims:        []string{"iss", "sub", "aud", "exp", "iat", "jti", "pid", "shop", "customer_id", "amr"},
	}
	if slices.Contains(grants, string(broker.AuthorizationCode)) {
		m.welcome(at)
		if c.Registers {
			m.Registration = at + "/oauth2/register"
		}
	}
	for _, k := range keys {
		if !slices.Contains(m.Algorithms, k.algorithm) {
			m.Algorithms = append(m.Algorithms, k.algorithm)
		}
	}
	return m
}

func (m *metadata) welcome(at string) {
	m.people = people{
		Authorization: at + "/oauth2/authorize",
		Userinfo:      at + "/oauth2/userinfo",
		EndSession:    at + "/oauth2/logout",
		Modes:         []string{"query"},
		Challenges:    []string{"S256"},
		NamesIssuer:   true,
		Scopes:        broker.AboutPerson,
		Prompts:       []string{"none", "login", "consent", "select_account"},
		Languages:     []string{"en", "de"},
	}
	m.TokenAuth, m.RevokeAuth, m.ResponseTypes = openAuth, openAuth, []string{"code"}
	m.Claims = append(m.Claims, "auth_time", "nonce", "sid", "preferred_username", "email", "email_verified")
}
