package keyset

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/outbound"
)

// step is a moment in the life of an issuer: time passes, what it publishes
// changes, somebody asks.
type step struct {
	pass     time.Duration
	says     http.HandlerFunc // nil: what it said
	kid      string
	want     any
	requests int // since the beginning
}

func TestLife(t *testing.T) {
	old := publishing([]object{jwk("a", p256())})
	rotated := publishing([]object{jwk("b", other())})
	hour := publishing([]object{jwk("a", p256())}, "Cache-Control", "public, max-age=3600")
	empty, down := publishing([]object{}), failing(http.StatusBadGateway)
	rows := map[string][]step{
		"kept while fresh": {
			{0, old, "a", p256(), 1},
			{usual - 1, rotated, "a", p256(), 1},
			{1, nil, "a", ErrUnknownKey, 2},
			{0, nil, "b", other(), 2},
		},
		"an unknown key is looked for once a minute": {
			{0, hour, "a", p256(), 1},
			{0, nil, "x", ErrUnknownKey, 1},
			{time.Minute - 1, nil, "y", ErrUnknownKey, 1},
			{1, nil, "z", ErrUnknownKey, 2},
			{0, nil, "", p256(), 2},
			{30 * time.Second, rotated, "b", ErrUnknownKey, 2},
			{30 * time.Second, nil, "b", other(), 3},
			{0, nil, "a", ErrUnknownKey, 3},
		},
		"a key that is known causes no request, however often": {
			{0, hour, "a", p256(), 1},
			{59 * time.Minute, nil, "a", p256(), 1},
			{time.Minute, nil, "a", p256(), 2},
		},
		"away from the beginning": {
			{0, down, "a", ErrAway, 1},
			{pauseAway - 1, old, "a", ErrAway, 1},
			{1, nil, "a", p256(), 2},
		},
		"away when it is no longer fresh": {
			{0, old, "a", p256(), 1},
			{usual, down, "a", p256(), 2},
			{pauseAway - 1, nil, "a", p256(), 2},
			{1, nil, "a", p256(), 3},
			{0, nil, "x", ErrAway, 3},
			{stale - pauseAway - 1, nil, "a", p256(), 4},
			{1, nil, "a", ErrAway, 4},
			{pauseAway, nil, "a", ErrAway, 5},
			{pauseAway, rotated, "b", other(), 6},
			{0, nil, "a", ErrUnknownKey, 6},
		},
		"away while a new key is looked for": {
			{0, hour, "a", p256(), 1},
			{time.Minute, down, "b", ErrAway, 2},
			{time.Minute - 1, nil, "b", ErrAway, 2},
			{0, nil, "a", p256(), 2},
			{1, rotated, "b", other(), 3},
		},
		"keys that were withdrawn are not used on": {
			{0, old, "a", p256(), 1},
			{usual, empty, "a", ErrAway, 2},
			{0, down, "a", ErrAway, 2},
			{time.Minute, nil, "a", ErrAway, 3},
		},
		"what is no set withdraws nothing": {
			{0, old, "a", p256(), 1},
			{usual, text(`{"keys":null}`), "a", p256(), 2},
			{0, nil, "b", ErrAway, 2},
		},
		"more often than once a minute nobody is asked": {
			{0, publishing([]object{jwk("a", p256())}, "Cache-Control", "no-cache, max-age=0"), "a", p256(), 1},
			{time.Minute - 1, nil, "a", p256(), 1},
			{1, nil, "a", p256(), 2},
		},
		"after a day everybody is": {
			{0, publishing([]object{jwk("a", p256())}, "Cache-Control", "max-age=31536000, immutable"), "a", p256(), 1},
			{24*time.Hour - 1, nil, "a", p256(), 1},
			{1, nil, "a", p256(), 2},
		},
	}
	for name, steps := range rows {
		t.Run(name, func(t *testing.T) {
			i := newIssuer(t, nil)
			for n, s := range steps {
				i.move(s.pass)
				if s.says != nil {
					i.says(s.says)
				}
				got, err := i.Key(t.Context(), i.url, s.kid, "ES256")
				is(t, fmt.Sprint("step ", n), got, err, s.want)
				if i.requests() != s.requests {
					t.Errorf("step %d: %d requests, want %d", n, i.requests(), s.requests)
				}
			}
		})
	}
}

// Random kids cause no traffic, whether the issuer is there or not.
func TestFlood(t *testing.T) {
	i := newIssuer(t, publishing([]object{jwk("a", p256())}, "Cache-Control", "max-age=3600"))
	for _, answer := range []http.HandlerFunc{i.answer, failing(http.StatusInternalServerError)} {
		i.says(answer)
		before := i.requests()
		for n := range 60 * 10 {
			if _, err := i.Key(t.Context(), i.url, fmt.Sprint(n), "ES256"); err == nil {
				t.Fatal("a key for every kid")
			}
			i.move(100 * time.Millisecond)
		}
		if n := i.requests() - before; n != 1 {
			t.Errorf("%d requests in a minute", n)
		}
	}
}

// Whatever an issuer answers that is no set is our trouble, and what it says
// stands in no error.
func TestAway(t *testing.T) {
	many := make([]object, mostKeys+1)
	for n := range many {
		many[n] = jwk(fmt.Sprint(n), p256())
	}
	right := publishing([]object{jwk("a", p256())})
	rows := map[string]http.HandlerFunc{
		"301": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/canary", http.StatusMovedPermanently)
		},
		"204":                failing(http.StatusNoContent),
		"404 with a set":     func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotFound); right(w, r) },
		"201 with a set":     func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusCreated); right(w, r) },
		"503":                failing(http.StatusServiceUnavailable),
		"no JSON":            text("<html>canary</html>"),
		"nothing":            text(""),
		"a list":             text("[]"),
		"null":               text("null"),
		"no keys":            text(`{"canary":"-----BEGIN CERTIFICATE-----"}`),
		"keys in capitals":   text(`{"KEYS":[]}`),
		"keys null":          text(`{"keys":null}`),
		"keys an object":     text(`{"keys":{"canary":1}}`),
		"more after it":      text(`{"keys":[]}{"keys":[]}`),
		"too many keys":      publishing(many),
		"too large":          text(`{"keys":["` + strings.Repeat("canary", 64<<10) + `"]}`),
		"hung up":            func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"hung up half-way":   func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Length", "9999"); right(w, r) },
		"only unusable":      publishing([]object{{"kty": "canary", "kid": "a"}, with(jwk("a", p256()), object{"use": "enc"})}),
		"not one of objects": text(`{"keys":["canary",1,null,[],true]}`),
	}
	for name, answer := range rows {
		t.Run(name, func(t *testing.T) {
			i := newIssuer(t, answer)
			got, err := i.Key(t.Context(), i.url, "a", "ES256")
			is(t, "the key", got, err, ErrAway)
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("quotes the answer: %v", err)
			}
			if i.requests() != 1 {
				t.Errorf("%d requests", i.requests())
			}
		})
	}
}

// So many keys are not too many.
func TestFullSet(t *testing.T) {
	keys := make([]object, mostKeys)
	for n := range keys {
		keys[n] = jwk(fmt.Sprint(n), p256())
	}
	keys[mostKeys-1] = jwk("last", other())
	i := newIssuer(t, publishing(keys))
	got, err := i.Key(t.Context(), i.url, "last", "ES256")
	is(t, "the last", got, err, other())
}

// What may not be called is refused by the client, and its reason is kept.
func TestAddresses(t *testing.T) {
	i := newIssuer(t, publishing([]object{jwk("a", p256())}))
	for address, want := range map[string]error{
		"http://8.8.8.8/canary":        outbound.ErrRefused,
		"https://10.0.0.1/canary":      outbound.ErrRefused,
		"file:///etc/canary":           outbound.ErrRefused,
		"":                             outbound.ErrRefused,
		"https://a.example/%zzcanary":  errAddress,
		"https://a.example/\x00canary": errAddress,
	} {
		got, err := i.Key(t.Context(), address, "a", "ES256")
		is(t, address, got, err, ErrAway)
		if !errors.Is(err, want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v, want %v", address, err, want)
		}
	}
}

func TestRequest(t *testing.T) {
	var seen *http.Request
	right := publishing([]object{jwk("a", p256())})
	i := newIssuer(t, func(w http.ResponseWriter, r *http.Request) { seen = r; right(w, r) })
	if _, err := i.Key(t.Context(), i.url+"/keys?v=1", "a", "ES256"); err != nil {
		t.Fatal(err)
	}
	if seen.Method != http.MethodGet || seen.URL.String() != "/keys?v=1" || seen.Header.Get("User-Agent") != "shapestoken" ||
		seen.Header.Get("Accept") != "application/jwk-set+json, application/json" {
		t.Errorf("%s %s %v", seen.Method, seen.URL, seen.Header)
	}
}

func TestLifetime(t *testing.T) {
	rows := []struct {
		header http.Header
		want   time.Duration
	}{
		{nil, usual},
		{http.Header{"Cache-Control": {"public"}}, usual},
		{http.Header{"Cache-Control": {"s-maxage=600"}}, usual},
		{http.Header{"Age": {"600"}}, usual},
		{http.Header{"Cache-Control": {"public, max-age=19302, must-revalidate, no-transform"}}, 19302 * time.Second},
		{http.Header{"Cache-Control": {"public", "max-age=600"}}, 10 * time.Minute},
		{http.Header{"Cache-Control": {"Max-Age=600"}}, 10 * time.Minute},
		{http.Header{"Cache-Control": {`max-age="600"`}}, 10 * time.Minute},
		{http.Header{"Cache-Control": {"max-age=600,max-age=1200"}}, 10 * time.Minute},
		{http.Header{"Cache-Control": {"max-age=600"}, "Age": {"240"}}, 6 * time.Minute},
		{http.Header{"Cache-Control": {"max-age=600"}, "Age": {"6000"}}, shortest},
		{http.Header{"Cache-Control": {"max-age=600"}, "Age": {"soon"}}, 10 * time.Minute},
		{http.Header{"Cache-Control": {"max-age=61"}}, 61 * time.Second},
		{http.Header{"Cache-Control": {"max-age=59"}}, shortest},
		{http.Header{"Cache-Control": {"max-age=-600"}}, shortest},
		{http.Header{"Cache-Control": {"max-age=soon"}}, shortest},
		{http.Header{"Cache-Control": {"max-age"}}, shortest},
		{http.Header{"Cache-Control": {"max-age=86399"}}, longest - time.Second},
		{http.Header{"Cache-Control": {"max-age=86401"}}, longest},
		{http.Header{"Cache-Control": {"max-age=99999999999999999999999"}}, longest},
	}
	for _, row := range rows {
		if got := lifetime(row.header); got != row.want {
			t.Errorf("%v: %s, want %s", row.header, got, row.want)
		}
	}
}
