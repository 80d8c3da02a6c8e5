package proof_test

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
)

// FuzzAssertion signs whatever head and payload it is given as the client would,
// so that the claims are reached: what is taken says what it must, and is used
// up once; every refusal is the one. Without the right signature nothing is taken.
func FuzzAssertion(f *testing.F) {
	for _, claims := range []object{nil, {"aud": []string{"a", issuer}}, {"exp": 1e300}, {"nbf": now, "iat": nil}, {"jti": ""}} {
		parts := strings.Split(asserted(f, object{"alg": "EdDSA", "kid": nil}, claims).Reveal(), ".")
		head, _ := base64.RawURLEncoding.DecodeString(parts[0])
		payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
		f.Add(head, payload, []byte{})
	}
	f.Add([]byte(`{"alg":"none"}`), []byte(`{}`), []byte("forged"))
	client := signers()["ed"].(ed25519.PrivateKey)
	f.Fuzz(func(t *testing.T, head, payload, forged []byte) {
		text := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(payload)
		signature := ed25519.Sign(client, []byte(text))
		if len(forged) > 0 {
			signature = forged
		}
		a := &authority{}
		a.Assertions = proof.Assertions{Keys: keys(func() (crypto.PublicKey, error) { return client.Public(), nil }), Burn: a.burn, Now: at(now)}
		err := a.verify(t, "/all", secret.New(text+"."+base64.RawURLEncoding.EncodeToString(signature)))
		if err != nil {
			var refused *broker.Error
			if !errors.As(err, &refused) || refused.Code != broker.InvalidClient || refused.Message != broker.ErrClient.Message || len(a.burnt) != 0 {
				t.Fatalf("refused with %v, burnt %v", err, a.burnt)
			}
			return
		}
		if !ed25519.Verify(client.Public().(ed25519.PublicKey), []byte(text), signature) {
			t.Fatal("a forged one was taken")
		}
		good(t, payload, a.burnt)
	})
}

// good reads an assertion that was taken once more, in another way.
func good(t *testing.T, payload []byte, used []burnt) {
	t.Helper()
	var claims struct {
		Iss, Sub, JTI string
		Aud           any
		Exp           float64
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	list, _ := claims.Aud.([]any)
	list = append(list, claims.Aud)
	ours := slices.ContainsFunc(list, func(aud any) bool { return aud == any(endpoint) || aud == any(issuer) })
	if claims.Iss != machine || claims.Sub != machine || !ours || claims.Exp <= now || claims.Exp >= now+301 {
		t.Fatalf("taken: %+v", claims)
	}
	if len(used) != 1 || used[0].jti != claims.JTI || claims.JTI == "" || used[0].until.Before(time.Unix(now+60, 0)) {
		t.Fatalf("used up: %+v", used)
	}
}
