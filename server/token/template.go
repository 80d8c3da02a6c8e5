package token

import (
	"maps"
	"sync/atomic"

	"github.com/shapestoken/shapestoken/server/broker"
)

// most bounds the templates kept. A tenant with more shops encodes the others
// anew for each token, which costs a microsecond.
const most = 256

// template is the beginning of every token of one shop and method: the header
// and the constant claims, in base64url as far as whole groups of three bytes
// go, and the one or two bytes left over.
type template struct {
	text string
	rest string
}

type kind struct {
	shop   string
	method broker.Method
}

// templates are made when first asked for. Readers take no lock.
type templates struct {
	header   string // base64url, with the dot
	constant string // JSON, up to what depends on the shop
	access   string // the header of access tokens
	person   string // and of ID tokens about users
	issuer   string // JSON, the beginning of their claims
	audience string // JSON, theirs if they have no other
	made     atomic.Pointer[map[kind]template]
}

func newTemplates(c Config, active key) templates {
	return templates{
		header:   header(active, idType),
		constant: constantClaims(c.Issuer, c.Audience),
		access:   header(active, accessType),
		person:   header(active, idType),
		issuer:   string(appendString([]byte(`{"iss":`), c.Issuer)),
		audience: string(appendAudience(nil, c.Audience)),
	}
}

func (t *templates) find(shop string, method broker.Method) template {
	k := kind{shop, method}
	made := t.made.Load()
	if made != nil {
		if known, ok := (*made)[k]; ok {
			return known
		}
	}
	fresh := t.template(k)
	t.keep(made, k, fresh)
	return fresh
}

// keep swaps in a copy with one template more. Whoever loses the race to
// another writer leaves it to the next token of the same kind.
func (t *templates) keep(seen *map[kind]template, k kind, fresh template) {
	grown := map[kind]template{k: fresh}
	if seen != nil {
		if len(*seen) >= most {
			return
		}
		maps.Copy(grown, *seen)
	}
	t.made.CompareAndSwap(seen, &grown)
}

func (t *templates) template(k kind) template {
	b := []byte(t.constant)
	if k.shop != "" {
		b = append(appendString(append(b, `"shop":`...), k.shop), ',')
	}
	b = append(appendString(append(b, `"amr":[`...), string(k.method)), `],`...)
	whole := len(b) - len(b)%3
	return template{text: t.header + b64(b[:whole]), rest: string(b[whole:])}
}

// The types of our JWTs: IDTokens and access tokens (RFC 9068 section 2.1).
const (
	idType     = "JWT"
	accessType = "at+jwt"
)

// header is the JOSE header and its dot. A kid is base64url and needs no escaping.
func header(k key, typ string) string {
	return b64([]byte(`{"alg":"`+string(k.algorithm)+`","kid":"`+k.kid+`","typ":"`+typ+`"}`)) + "."
}

// constantClaims begins a payload: iss, and aud as one string or, of several, an array.
func constantClaims(issuer string, audience []string) string {
	b := appendString([]byte(`{"iss":`), issuer)
	b = appendAudience(append(b, `,"aud":`...), audience)
	return string(append(b, ','))
}

func appendAudience(b []byte, audience []string) []byte {
	if len(audience) == 1 {
		return appendString(b, audience[0])
	}
	return appendStrings(b, audience)
}
