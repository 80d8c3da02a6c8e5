package hash

import (
	"context"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/secret"
)

func BenchmarkVerify(b *testing.B) {
	p := NewPasswords(Config{})
	password := secret.New("correct horse")
	for name, phc := range map[string]string{"known": hashed(b, p, "correct horse"), "unknown": ""} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := p.Verify(context.Background(), phc, password); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkBusy is what a flood pays for being refused.
func BenchmarkBusy(b *testing.B) {
	p := NewPasswords(Config{AtOnce: 1, Waiting: 1})
	p.gate = newGate(0, 0)
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = p.Verify(context.Background(), good, secret.New("x"))
	}
}

func BenchmarkNewSecret(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		NewSecret(APIToken)
	}
}

func BenchmarkSum(b *testing.B) {
	text := NewSecret(ClientSecret)
	b.ReportAllocs()
	for b.Loop() {
		Sum(text)
	}
}

func BenchmarkPlausible(b *testing.B) {
	made := NewSecret(APIToken)
	texts := map[string]secret.Text{"good": made, "cut": secret.New("shp_7"), "megabyte": secret.New(strings.Repeat("7", 1<<20))}
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Plausible(APIToken, text)
			}
		})
	}
}
