package token

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

func TestVerify(t *testing.T) {
	two := house(t)
	two.Audience = []string{"a", "b"}
	twice := newMint(t, two)
	two.Audience[0], two.Audience[1] = "x", "y" // too late to count
	wanted := Claims{
		Issuer:     issuer,
		Subject:    want().Identity.PID,
		Audience:   []string{issuer},
		PID:        want().Identity.PID,
		Shop:       "acme.myshopify.com",
		CustomerID: "6940095564132",
		Methods:    []broker.Method{broker.HMAC2},
		IssuedAt:   want().IssuedAt,
		ExpiresAt:  want().ExpiresAt,
	}
	for _, tt := range []struct {
		name string
		mint *Mint
		aud  []string
	}{
		{"ES256", mint(t, broker.ES256), wanted.Audience},
		{"EdDSA", mint(t, broker.EdDSA), wanted.Audience},
		{"RS256", mint(t, broker.RS256), wanted.Audience},
		{"two audiences", twice, []string{"a", "b"}},
	} {
		got, err := tt.mint.Verify(sign(t, tt.mint, want()))
		if err != nil || len(got.ID) != 22 {
			t.Errorf("%s: jti of %d, %v", tt.name, len(got.ID), err)
		}
		wanted.ID, wanted.Audience = got.ID, tt.aud
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestVerifyAccepts(t *testing.T) {
	f := newForger(t)
	for name, token := range map[string]string{
		"ours":                 f.withHeader(nil),
		"golang-jwt's own":     f.as(nil, jwt.SigningMethodES256, broker.ES256),
		"ours among audiences": f.withClaims(object{"aud": []string{"x", issuer}}),
		"no shop":              f.withClaims(object{"shop": nil}),
		"nbf in the past":      f.withClaims(object{"nbf": now.Unix() - 100}),
		"a claim to come":      f.withClaims(object{"scope": "a b"}),
		"next key": f.as(object{"alg": "EdDSA", "kid": f.kids[broker.EdDSA]},
			jwt.SigningMethodEdDSA, broker.EdDSA),
		"retired key": f.as(object{"alg": "RS256", "kid": f.kids[broker.RS256]},
			jwt.SigningMethodRS256, broker.RS256),
		"as long as may be": exactly(f, longest),
	} {
		if _, err := f.mint.Verify(token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// exactly makes a right token of n bytes.
func exactly(f forger, n int) string {
	short := len(f.withClaims(object{"pad": ""}))
	pad := (n - short) / 4 * 3
	for ; ; pad++ {
		if token := f.withClaims(object{"pad": strings.Repeat("x", pad)}); len(token) >= n {
			return token
		}
	}
}

// leeway is for iat and nbf, and never for exp.
func TestBoundaries(t *testing.T) {
	f := newForger(t)
	for _, fraction := range []time.Duration{0, time.Second / 2} {
		c := house(t)
		c.Now = func() time.Time { return now.Add(fraction) }
		m := newMint(t, c)
		for _, seconds := range []int64{-61, -60, -59, -1, 0, 1, 59, 60, 61} {
			late := time.Duration(seconds)*time.Second - fraction // how far ahead of the clock
			for claim, want := range map[string]error{
				"exp": map[bool]error{true: ErrExpired}[late <= 0],
				"iat": map[bool]error{true: ErrEarly}[late > time.Minute],
				"nbf": map[bool]error{true: ErrEarly}[late > time.Minute],
			} {
				_, err := m.Verify(f.withClaims(object{claim: now.Unix() + seconds}))
				if !errors.Is(err, want) {
					t.Errorf("%s at %v: %v", claim, late, err)
				}
			}
		}
	}
}

// A token must be costlier to make than to refuse.
func TestRefusalIsCheap(t *testing.T) {
	m := mint(t, broker.ES256)
	const mega = 1 << 20
	for name, token := range map[string]string{
		"dots":           strings.Repeat(".", mega),
		"long header":    strings.Repeat("a", mega) + ".b.c",
		"long payload":   "a." + strings.Repeat("b", mega) + ".c",
		"long signature": "a.b." + strings.Repeat("c", mega),
		"many dots":      strings.Repeat(".", longest),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := m.Verify(token)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n >= 16<<10 || !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %d bytes allocated, %v", name, n, err)
		}
		if n := testing.AllocsPerRun(10, func() { m.Verify(token) }); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// Any change of one character, and any character more or less, spoils a token.
func TestEveryCharacterCounts(t *testing.T) {
	for _, alg := range algorithms {
		m := mint(t, alg)
		token := sign(t, m, want())
		for i := range len(token) + 1 {
			before, after := token[:i], token[i:]
			changed := []string{before}
			for _, c := range replacements(token, i) {
				changed = append(changed, before+string(c)+after)
				if after != "" {
					changed = append(changed, before+string(c)+after[1:])
				}
			}
			if after != "" {
				changed = append(changed, before+after[1:])
			}
			for _, forged := range changed {
				if _, err := m.Verify(forged); forged != token && !errors.Is(err, ErrInvalid) {
					t.Fatalf("%s: changed at %d of %d, and still good: %v", alg, i, len(token), err)
				}
			}
		}
	}
}

// replacements are every character where the last bits of a segment are not
// used, and some elsewhere.
func replacements(token string, i int) string {
	const all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	if i == len(token)-1 || i+1 < len(token) && token[i+1] == '.' {
		return all + ".= \n\r+/"
	}
	return "A_.\n"
}

// Nothing of a token is in the error it gives, whatever is wrong with it.
func TestErrorsAreConstant(t *testing.T) {
	known := map[string]bool{}
	for _, err := range []error{ErrMalformed, ErrHeader, ErrKey, ErrSignature, ErrExpired, ErrEarly, ErrClaims} {
		known[err.Error()] = true
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("%v is not an ErrInvalid", err)
		}
	}
	f := newForger(t)
	for _, tt := range f.corpus() {
		_, err := f.mint.Verify(tt.token)
		if err == nil || !known[err.Error()] || errors.Unwrap(errors.Unwrap(err)) != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if got := reason(errors.New("canary")); got != ErrInvalid {
		t.Errorf("an unknown error becomes %v", got)
	}
}

func TestForgeries(t *testing.T) {
	f := newForger(t)
	names := map[string]bool{}
	for _, tt := range f.corpus() {
		claims, err := f.mint.Verify(tt.token)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: want %v, got %v", tt.name, tt.want, err)
		}
		if diff := cmp.Diff(Claims{}, claims); diff != "" {
			t.Errorf("%s: refused, and still says %s", tt.name, diff)
		}
		names[tt.name] = true
	}
	if len(names) < 60 {
		t.Errorf("%d forgeries", len(names))
	}
}

// What is accepted is what our own keys make of the same text, to the last
// character: their signatures are the same in every process of a fuzzing run.
func FuzzVerify(f *testing.F) {
	forge := newForger(f)
	for _, tt := range forge.corpus() {
		f.Add(tt.token)
	}
	for alg, method := range methods {
		f.Add(forge.as(object{"alg": alg, "kid": forge.kids[alg]}, method, alg))
	}
	f.Fuzz(func(t *testing.T, token string) {
		_, err := forge.mint.Verify(token)
		if err != nil && !errors.Is(err, ErrInvalid) || err == nil && !forge.made(token) {
			t.Fatalf("%q: %v", token, err)
		}
	})
}
