package seal_test

import "testing"

// Loading 50,000 tenants of ten values each is half a million of these.
func BenchmarkUnseal(b *testing.B) {
	k, _ := create(b)
	sealed := mustSeal(b, k, here, "0123456789abcdef0123456789abcdef")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Unseal(here, sealed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	k, _ := create(b)
	plaintext := []byte("0123456789abcdef0123456789abcdef")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Seal(here, plaintext); err != nil {
			b.Fatal(err)
		}
	}
}
