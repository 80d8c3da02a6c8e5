package keyset

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// is checks that a key, or an error, is what was wanted.
func is(t *testing.T, what string, got crypto.PublicKey, err error, want any) {
	t.Helper()
	if target, refused := want.(error); refused {
		if !errors.Is(err, target) || got != nil {
			t.Errorf("%s: %v, %v, want %v", what, got, err, target)
		}
		return
	}
	if err != nil || got == nil || !got.(public).Equal(want) {
		t.Errorf("%s: %v, %v, want %v", what, got, err, want)
	}
}

func TestKey(t *testing.T) {
	bound := func(alg string) object { return with(jwk("bound", rsa2048()), object{"alg": alg}) }
	two := []object{jwk("a", p256()), jwk("b", other())}
	all := []object{jwk("a", p256()), jwk("b", p384()), jwk("c", p521()), jwk("d", rsa2048()), jwk("e", edwards())}
	rows := []struct {
		name     string
		keys     []object
		kid, alg string
		want     any
	}{
		{"ES256", all, "a", "ES256", p256()},
		{"ES384", all, "b", "ES384", p384()},
		{"ES512", all, "c", "ES512", p521()},
		{"RS256", all, "d", "RS256", rsa2048()},
		{"PS256", all, "d", "PS256", rsa2048()},
		{"EdDSA", all, "e", "EdDSA", edwards()},
		{"another of the same kind", two, "b", "ES256", other()},
		{"not that kid", all, "f", "ES256", ErrUnknownKey},
		{"a kid in another case", all, "A", "ES256", ErrUnknownKey},
		{"another curve's kid", all, "a", "ES384", ErrUnknownKey},
		{"another kind's kid", all, "d", "ES256", ErrUnknownKey},
		{"no kid, one key of the kind", all, "", "ES256", p256()},
		{"no kid, two keys of the kind", two, "", "ES256", ErrUnknownKey},
		{"no kid, none of the kind", two, "", "EdDSA", ErrUnknownKey},
		{"no kid, the same key twice", []object{jwk("a", p256()), jwk("b", p256())}, "", "ES256", p256()},
		{"a key without a kid is nobody's", []object{with(jwk("", p256()), object{"kid": nil})}, "a", "ES256", ErrUnknownKey},
		{"no kid on either side", []object{with(jwk("", p256()), object{"kid": nil})}, "", "ES256", p256()},
		{"bound to its algorithm", []object{bound("RS256")}, "bound", "RS256", rsa2048()},
		{"bound to another algorithm", []object{bound("RS256")}, "bound", "PS256", ErrUnknownKey},
		{"bound to either, by the same kid", []object{bound("RS256"), bound("PS256")}, "bound", "PS256", rsa2048()},
		{"a kid of two keys", []object{jwk("a", p256()), jwk("a", other())}, "a", "ES256", ErrUnknownKey},
		{"a kid of two keys and one again", []object{jwk("a", p256()), jwk("a", other()), jwk("a", p256())}, "a", "ES256", ErrUnknownKey},
		{"a kid of two keys of two kinds (RFC 7517 section 4.5)", []object{jwk("a", p256()), jwk("a", p384())}, "a", "ES384", p384()},
		{"others are not spoiled by it", []object{jwk("a", p256()), jwk("a", other()), jwk("b", other())}, "b", "ES256", other()},
		{"an empty set", []object{}, "a", "ES256", ErrAway},
		{"a set of unusable keys", []object{{"kty": "oct", "kid": "a", "k": "c2VjcmV0"}}, "a", "ES256", ErrAway},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			i := newIssuer(t, publishing(row.keys))
			got, err := i.Key(t.Context(), i.url, row.kid, row.alg)
			is(t, "the key", got, err, row.want)
		})
	}
}

// What no key can have is answered without asking anybody.
func TestNobodyIsAsked(t *testing.T) {
	i := newIssuer(t, publishing([]object{jwk("a", p256())}))
	for _, alg := range []string{"", "none", "HS256", "es256", "RS1", "ES256K", "dir"} {
		got, err := i.Key(t.Context(), i.url, "a", alg)
		is(t, alg, got, err, ErrUnknownKey)
	}
	got, err := i.Key(t.Context(), i.url, strings.Repeat("k", 257), "ES256")
	is(t, "a long kid", got, err, ErrUnknownKey)
	if i.requests() != 0 {
		t.Errorf("%d requests", i.requests())
	}
	got, err = i.Key(t.Context(), i.url, strings.Repeat("k", 256), "ES256")
	is(t, "a kid that is not too long", got, err, ErrUnknownKey)
	if i.requests() != 1 {
		t.Errorf("%d requests, want 1", i.requests())
	}
}

// Whoever imports neither this package nor the other way round can tell the
// token's fault from ours.
func TestErrors(t *testing.T) {
	if !errors.Is(ErrUnknownKey, broker.ErrNotFound) || errors.Is(ErrAway, broker.ErrNotFound) {
		t.Error("a key that is unknown is a broker.ErrNotFound, and one that cannot be had is none")
	}
	if !errors.Is(away(context.Canceled), context.Canceled) || !errors.Is(away(context.Canceled), ErrAway) {
		t.Error("the cause is lost")
	}
}

// By a thousand issuers more the first is forgotten, and asked again.
func TestSetsAreBounded(t *testing.T) {
	i := newIssuer(t, publishing([]object{jwk("a", p256())}))
	ask := func(n int) {
		t.Helper()
		got, err := i.Key(t.Context(), fmt.Sprint(i.url, "/", n), "a", "ES256")
		is(t, "the key", got, err, p256())
	}
	for n := range 1000 {
		ask(n)
	}
	ask(0)
	if i.requests() != 1000 || i.recent.Len() != 1000 {
		t.Fatalf("%d requests for %d sets", i.requests(), i.recent.Len())
	}
	ask(1000) // number 1 is the longest unused
	ask(0)
	if i.requests() != 1001 || i.recent.Len() != 1000 {
		t.Fatalf("%d requests for %d sets", i.requests(), i.recent.Len())
	}
	ask(1)
	if i.requests() != 1002 {
		t.Errorf("%d requests", i.requests())
	}
}

// doing is a client that is not there: what nobody can wait for in real time.
type doing func(*http.Request) (*http.Response, error)

func (d doing) Do(r *http.Request) (*http.Response, error) { return d(r) }

// Many who ask at once are one request. The one who was first may go away: the
// flight is nobody's.
func TestSingleFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests, land := 0, make(chan struct{})
		sets := New(Config{Client: doing(func(r *http.Request) (*http.Response, error) {
			requests++
			select {
			case <-land:
			case <-r.Context().Done():
			}
			return nil, errors.New("no network")
		})})
		gone, leave := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			_, err := sets.Key(gone, "https://a.example", "a", "ES256")
			left <- err
		}()
		synctest.Wait()
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				_, err := sets.Key(t.Context(), "https://a.example", "a", "ES256")
				if !errors.Is(err, ErrAway) || !strings.Contains(err.Error(), "no network") {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		leave()
		if err := <-left; !errors.Is(err, ErrAway) || !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		synctest.Wait()
		close(land)
		all.Wait()
		if requests != 1 {
			t.Errorf("%d requests", requests)
		}
	})
}

// An issuer that never answers is given up by itself.
func TestFetchEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sets := New(Config{Client: doing(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})})
		began := time.Now()
		_, err := sets.Key(t.Context(), "https://a.example", "a", "ES256")
		if took := time.Since(began); !errors.Is(err, ErrAway) || took != patience {
			t.Errorf("%v after %s", err, took)
		}
	})
}

// What panics takes the program with it nowhere, and says nothing of what it has read.
func TestPanic(t *testing.T) {
	sets := New(Config{Client: doing(func(*http.Request) (*http.Response, error) { panic("canary") })})
	_, err := sets.Key(t.Context(), "https://a.example", "a", "ES256")
	if !errors.Is(err, ErrAway) || strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
}
