package token

import (
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/broker"
)

const benchID = "AAAAAAAAAAAAAAAAAAAAAA"

// structClaims are mapClaims as the struct that golang-jwt's documents advise.
func structClaims(w broker.Want, audience []string) jwt.Claims {
	return payload{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    issuer,
			Subject:   w.Identity.PID,
			Audience:  audience,
			ExpiresAt: jwt.NewNumericDate(w.ExpiresAt),
			IssuedAt:  jwt.NewNumericDate(w.IssuedAt),
			ID:        benchID,
		},
		PID:        w.Identity.PID,
		Shop:       shop(w.Identity),
		CustomerID: w.Identity.Subject.ID,
		Methods:    []broker.Method{w.Identity.Method},
	}
}

// BenchmarkSign compares the hot path with golang-jwt making the same token from
// a map and from a struct. Only ours pays for a random jti.
func BenchmarkSign(b *testing.B) {
	for _, alg := range algorithms {
		m, w, key := mint(b, alg), want(), any(private(b, alg))
		method, aud := jwt.GetSigningMethod(string(alg)), []string{issuer}
		for _, way := range []struct {
			name string
			run  func()
		}{
			{"ours", func() { sign(b, m, w) }},
			{"map", func() { signWith(b, m.active.kid, method, mapClaims(w, aud, benchID), key) }},
			{"struct", func() { signWith(b, m.active.kid, method, structClaims(w, aud), key) }},
		} {
			b.Run(string(alg)+"/"+way.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					way.run()
				}
			})
		}
	}
}

// BenchmarkBuild is Sign without the signature.
func BenchmarkBuild(b *testing.B) {
	m, w, signature := mint(b, broker.ES256), want(), make([]byte, 64)
	m.active.sign = func(string) ([]byte, error) { return signature, nil }
	b.ReportAllocs()
	for b.Loop() {
		sign(b, m, w)
	}
}

// BenchmarkParallel is to be read with -cpu 1,2: the tokens of one tenant share no lock.
func BenchmarkParallel(b *testing.B) {
	m, w := mint(b, broker.ES256), want()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			sign(b, m, w)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	for _, alg := range algorithms {
		m := mint(b, alg)
		token := sign(b, m, want())
		b.Run(string(alg), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Verify(token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
