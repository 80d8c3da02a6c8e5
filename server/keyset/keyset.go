package keyset

import (
	"context"
	"crypto"
	"net/http"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	mostSets   = 1000 // the longest unused is forgotten first
	longestKID = 256  // bytes
)

// Client makes the calls: an *outbound.Client, which bounds them.
type Client interface {
	Do(*http.Request) (*http.Response, error)
}

// Config says how keys are had.
type Config struct {
	Client Client
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

// Sets are the keys of any number of issuers. It is safe for concurrent use.
type Sets struct {
	client Client
	now    func() time.Time
	mu     sync.Mutex
	recent *simplelru.LRU[string, *entry]
}

// New makes an empty Sets.
func New(c Config) *Sets {
	if c.Now == nil {
		c.Now = time.Now
	}
	recent, _ := simplelru.NewLRU[string, *entry](mostSets, nil) // fails only for no size at all
	return &Sets{client: c.Client, now: c.Now, recent: recent}
}

// Key returns the key that the issuer publishes at jwksURL under kid, for
// signatures by alg (RFC 7518 section 3.1, RFC 8037). An empty kid is for a token
// that names none: then the set must have exactly one key for alg. The key is an
// *ecdsa.PublicKey, an *rsa.PublicKey or an ed25519.PublicKey; don't change it.
//
// The error is an [ErrUnknownKey] or an [ErrAway]. It takes 10 s at most, and
// usually no time: what is read is kept. Asking for keys that are not there
// causes one request a minute; with a kid of more than 256 bytes, or an alg
// that is not known here, none at all.
func (s *Sets) Key(ctx context.Context, jwksURL, kid, alg string) (crypto.PublicKey, error) {
	if _, known := algorithms[alg]; !known || len(kid) > longestKID {
		return nil, ErrUnknownKey
	}
	now, e, w := s.now(), s.entry(jwksURL), wanted{kid, alg}
	if flight := s.refresh(e, w, now); flight != nil {
		select {
		case <-flight:
		case <-ctx.Done():
			return nil, away(ctx.Err())
		}
	}
	return e.answer(w, now)
}

func (s *Sets) entry(jwksURL string) *entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, known := s.recent.Get(jwksURL)
	if !known {
		e = &entry{url: jwksURL}
		s.recent.Add(jwksURL, e)
	}
	return e
}
