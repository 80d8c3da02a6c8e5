package keyset

import (
	"crypto"
	"encoding/json"
	"time"
)

const mostKeys = 100 // of a set; one that has more is not taken

// set is what an issuer has published.
type set struct {
	keys  []key
	until time.Time // fresh
}

// key is one of them.
type key struct {
	kid    string // empty: it has none
	alg    string // the only one it is for; empty: any of its kind
	kind   kind
	public public
}

// public is what all public keys of the standard library are.
type public interface {
	Equal(crypto.PublicKey) bool
}

// wanted is what a token's header says of its key.
type wanted struct{ kid, alg string }

// algorithms are those that signatures may have, and the kind of key for each.
var algorithms = map[string]kind{
	"ES256": {"EC", "P-256"},
	"ES384": {"EC", "P-384"},
	"ES512": {"EC", "P-521"},
	"EdDSA": {"OKP", "Ed25519"},
	"RS256": {"RSA", ""},
	"PS256": {"RSA", ""},
}

// parse reads a JWK Set (RFC 7517 section 5). Keys that cannot be used are left
// out, as the RFC advises: an issuer may add some of a kind that is unknown here.
func parse(body []byte) (keys []key, err error) {
	var document map[string]json.RawMessage
	var list []json.RawMessage
	if json.Unmarshal(body, &document) != nil || json.Unmarshal(document["keys"], &list) != nil || list == nil {
		return nil, errNotASet
	}
	if len(list) > mostKeys {
		return nil, errTooMany
	}
	for _, text := range list {
		if k, ok := read(text); ok {
			keys = append(keys, k)
		}
	}
	return keys, nil
}

func (s *set) fresh(now time.Time) bool { return s != nil && now.Before(s.until) }

// find returns the one key that is meant, or nil. A key may stand in the set
// twice; where different ones could be meant, none is.
func (s *set) find(w wanted) (found public) {
	for _, k := range s.keys {
		switch {
		case !k.fits(w), found != nil && found.Equal(k.public):
		case found != nil:
			return nil
		default:
			found = k.public
		}
	}
	return found
}

func (k key) fits(w wanted) bool {
	return k.kind == algorithms[w.alg] && (k.alg == "" || k.alg == w.alg) && (w.kid == "" || k.kid == w.kid)
}
