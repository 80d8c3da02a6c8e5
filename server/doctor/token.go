package doctor

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// token is what a JWT says (RFC 7519). Nobody has checked it: it came from the
// service itself.
type token struct {
	Algorithm string `json:"alg"`
	Issuer    string `json:"iss"`
	PID       string `json:"pid"`
	Customer  string `json:"customer_id"`
	Issued    int64  `json:"iat"`
	Expires   int64  `json:"exp"`
}

// tokenOf is zero for what is no token.
func tokenOf(jwt string) (t token) {
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return token{}
	}
	for _, part := range parts[:2] {
		b, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || json.Unmarshal(b, &t) != nil {
			return token{}
		}
	}
	return t
}

// life tells how long it is good; empty if it does not say.
func (t token) life() string {
	if t.Expires <= t.Issued {
		return ""
	}
	return ", good for " + (time.Duration(t.Expires-t.Issued) * time.Second).String()
}
