package token

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
)

func unb64(t rapid.TB, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The RFCs' own examples.
func TestThumbprint(t *testing.T) {
	n := "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs" +
		"tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajr" +
		"n1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
	for name, tt := range map[string]struct {
		public any
		want   string
	}{
		"RFC 7638 section 3.1": {&rsa.PublicKey{N: new(big.Int).SetBytes(unb64(t, n)), E: 65537},
			"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
		"RFC 8037 appendix A.3": {ed25519.PublicKey(unb64(t, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")),
			"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
	} {
		_, m, err := describe(tt.public)
		if err != nil || m.thumbprint() != tt.want {
			t.Errorf("%s: %s, %v", name, m.thumbprint(), err)
		}
	}
}

func golden(t *testing.T, name string, doc broker.Document) {
	t.Helper()
	var got bytes.Buffer
	if err := json.Indent(&got, doc.Body, "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteString("\n")
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test -update makes it", err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

func TestDocuments(t *testing.T) {
	c := house(t)
	m := newMint(t, c)
	golden(t, "jwks.json", m.JWKS())
	golden(t, "metadata.json", m.Metadata())
	open := c
	open.Registers, open.Grants = true, []string{"authorization_code", "refresh_token", "client_credentials"}
	golden(t, "metadata-people.json", newMint(t, open).Metadata())

	c.Keys = c.Keys[1:]
	fewer := newMint(t, c)
	for name, docs := range map[string][2]broker.Document{
		"jwks":     {m.JWKS(), fewer.JWKS()},
		"metadata": {m.Metadata(), fewer.Metadata()},
	} {
		doc := docs[0]
		if len(doc.ETag) != 2+43 || doc.ETag[0] != '"' || doc.ETag[44] != '"' || doc.MaxAge != c.JWKSMaxAge {
			t.Errorf("%s: ETag %s, max-age %v", name, doc.ETag, doc.MaxAge)
		}
		if doc.ETag == docs[1].ETag {
			t.Errorf("%s: another text, the same ETag", name)
		}
	}
}

// Every server must publish the same text, whatever order its store reads in.
func TestOrderOfKeys(t *testing.T) {
	c := house(t)
	c.Keys[1].State = broker.Retired
	m := newMint(t, c)
	slices.Reverse(c.Keys)
	turned := newMint(t, c)
	if m.JWKS().ETag != turned.JWKS().ETag || m.Metadata().ETag != turned.Metadata().ETag {
		t.Error("the order in which keys are given shows")
	}
}

// Member by member, so that a new one must be looked at here before it is public.
func TestJWKSIsPublic(t *testing.T) {
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(newMint(t, house(t)).JWKS().Body, &set); err != nil {
		t.Fatal(err)
	}
	members := map[string][]string{
		"EC":  {"alg", "crv", "kid", "kty", "use", "x", "y"},
		"OKP": {"alg", "crv", "kid", "kty", "use", "x"},
		"RSA": {"alg", "e", "kid", "kty", "n", "use"},
	}
	for _, k := range set.Keys {
		var names []string
		for name := range k {
			names = append(names, name)
		}
		slices.Sort(names)
		if diff := cmp.Diff(members[k["kty"].(string)], names); diff != "" {
			t.Errorf("%v: %s", k["kty"], diff)
		}
	}
	if len(set.Keys) != 3 {
		t.Errorf("%d keys", len(set.Keys))
	}
}

func TestAlgorithmsAreNamedOnce(t *testing.T) {
	m := newMint(t, Config{Issuer: issuer, Keys: made[[]broker.SigningKey](t)(First(broker.EdDSA, now))})
	var doc struct {
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
	}
	if err := json.Unmarshal(m.Metadata().Body, &doc); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"EdDSA"}, doc.Algorithms); diff != "" {
		t.Error(diff)
	}
}

func TestJWKSURIUnderIssuer(t *testing.T) {
	for iss, want := range map[string]string{
		"https://api.acme.example":         "https://api.acme.example/.well-known/jwks.json",
		"https://api.acme.example/":        "https://api.acme.example/.well-known/jwks.json",
		"http://127.0.0.1:8080/t/acme":     "http://127.0.0.1:8080/t/acme/.well-known/jwks.json",
		"https://api.acme.example/t/acme/": "https://api.acme.example/t/acme/.well-known/jwks.json",
	} {
		c := house(t)
		c.Issuer = iss
		var doc struct {
			Issuer  string `json:"issuer"`
			JWKSURI string `json:"jwks_uri"`
		}
		if err := json.Unmarshal(newMint(t, c).Metadata().Body, &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Issuer != iss || doc.JWKSURI != want {
			t.Errorf("%s: %+v", iss, doc)
		}
	}
}
