package doctor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// recipe is how a signature is made: of what, laid out how, with which key and
// algorithm.
type recipe struct {
	id, shop, time string
	lay            func(id, shop, time string) string
	key            []byte
	sum            func(key []byte, message string) []byte
}

// slip is one usual mistake: it changes one part of a recipe.
type slip struct {
	part string
	says string
	make func(*recipe)
}

// recipe is the right one for what the marker sends (docs/signatures.md).
func (v *visit) recipe(key []byte) recipe {
	m := v.marker
	r := recipe{id: m.ID, shop: m.Shop, time: m.Timestamp, lay: layV1, key: key, sum: hmacSHA256}
	if m.Timestamp != "" {
		r.lay = layV2
	}
	return r
}

func layV1(id, _, _ string) string       { return id }
func layV2(id, shop, time string) string { return "v2:" + shop + ":" + id + ":" + time }

func hmacSHA256(key []byte, message string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(message))
	return h.Sum(nil)
}

// made tells whether the recipe gives this signature, in whichever spelling.
func (r recipe) made(signature string) bool {
	sum := hex.EncodeToString(r.sum(r.key, r.lay(r.id, r.shop, r.time)))
	return hmac.Equal([]byte(sum), []byte(strings.ToLower(strings.TrimSpace(signature))))
}

// find looks for the recipe of a signature: the right one, then with one slip,
// then with two. It returns the slips.
func (r recipe) find(signature string, slips []slip) (made []slip, found bool) {
	if r.made(signature) {
		return nil, true
	}
	for _, s := range slips {
		if s.on(r).made(signature) {
			return []slip{s}, true
		}
	}
	for i, s := range slips {
		once := s.on(r)
		for _, t := range slips[i+1:] {
			if t.on(once).made(signature) {
				return []slip{s, t}, true
			}
		}
	}
	return nil, false
}

func (s slip) on(r recipe) recipe {
	s.make(&r)
	return r
}
