package token

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
)

// life is a tenant's keys as the outside world sees them over time.
type life struct {
	*rapid.T
	stored *memory
	at     time.Time
	signer string               // kid of the last token
	seen   map[string]time.Time // kid -> when it was first in the JWKS
	issued []string             // tokens since the last emergency
}

// Whatever an operator does and when: no key signs before it has been in the
// JWKS for as long as one may be kept, but after an emergency; and a token stays
// good through any number of rotations and never through an emergency.
func TestLifeOfKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &life{T: t, stored: newMemory(t, broker.EdDSA), at: now, seen: map[string]time.Time{}}
		l.look(true)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			l.at = l.at.Add(time.Duration(rapid.Int64Range(0, int64(2*maxAge)).Draw(t, "pause")))
			l.look(l.act(rapid.SampledFrom([]string{"rotate", "change", "emergency"}).Draw(t, "act")))
		}
	})
}

func (l *life) act(name string) (emergency bool) {
	alg := rapid.SampledFrom([]broker.Algorithm{broker.ES256, broker.EdDSA}).Draw(l.T, "algorithm")
	var err error
	switch name {
	case "rotate":
		err = Rotate(l.Context(), l.stored, alg, maxAge, l.at)
	case "change":
		err = ChangeAlgorithm(l.Context(), l.stored, alg, l.at)
	default:
		err = Emergency(l.Context(), l.stored, alg, l.at)
	}
	if err != nil && !errors.As(err, new(*TooSoon)) {
		l.Fatal(err)
	}
	return name == "emergency"
}

// look fetches the JWKS, tries every token and takes another.
func (l *life) look(emergency bool) {
	m := newMint(l, Config{Issuer: issuer, Keys: l.stored.keys, Now: clock})
	for _, token := range l.issued {
		if _, err := m.Verify(token); emergency != (err != nil) {
			l.Fatalf("emergency: %v; an older token: %v", emergency, err)
		}
	}
	l.notice(m.JWKS())
	if published := l.at.Sub(l.seen[m.active.kid]); !emergency && m.active.kid != l.signer && published < maxAge {
		l.Fatalf("a key signs %v after it was published", published)
	}
	if emergency {
		l.issued = nil
	}
	l.signer = m.active.kid
	l.issued = append(l.issued, sign(l, m, want()))
}

func (l *life) notice(doc broker.Document) {
	var set struct{ Keys []struct{ KID string } }
	if err := json.Unmarshal(doc.Body, &set); err != nil {
		l.Fatal(err)
	}
	for _, k := range set.Keys {
		if _, known := l.seen[k.KID]; !known {
			l.seen[k.KID] = l.at
		}
	}
}
