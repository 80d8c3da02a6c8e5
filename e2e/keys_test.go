package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"testing"
)

// newKey is a private key by which a client signs, as a JWK (RFC 7517).
func newKey(t testing.TB) object {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString
	return object{"kty": "EC", "crv": "P-256", "kid": "one", "alg": "ES256", "d": text(private), "x": text(public[1:33]), "y": text(public[33:])}
}

// publish serves the public part of a key, and returns where.
func publish(t testing.TB, key object) string {
	t.Helper()
	public := object{"use": "sig"}
	for name, value := range key {
		if name != "d" {
			public[name] = value
		}
	}
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reply(w, object{"keys": []any{public}})
	}))
	t.Cleanup(listener.Close)
	return listener.URL
}
