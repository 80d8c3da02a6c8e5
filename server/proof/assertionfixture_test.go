package proof_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/keyset"
	"github.com/shapestoken/shapestoken/server/outbound"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
)

const (
	machine  = "c_0123456789"
	issuer   = "https://api.acme.example"
	endpoint = issuer + "/oauth2/token"
)

// signers are the client's keys by kid, and one that it does not publish.
var signers = sync.OnceValue(func() map[string]crypto.Signer {
	all := map[string]crypto.Signer{}
	for kid, curve := range map[string]elliptic.Curve{"p256": elliptic.P256(), "second": elliptic.P256(), "p384": elliptic.P384(), "p521": elliptic.P521(), "stranger": elliptic.P256()} {
		all[kid], _ = ecdsa.GenerateKey(curve, rand.Reader)
	}
	_, all["ed"], _ = ed25519.GenerateKey(rand.Reader)
	all["rsa"], _ = rsa.GenerateKey(rand.Reader, 2048)
	return all
})

// published is a JWK Set of the keys.
func published(t testing.TB, kids ...string) []byte {
	t.Helper()
	b64 := base64.RawURLEncoding.EncodeToString
	var list []object
	for _, kid := range kids {
		jwk := object{"kid": kid, "use": "sig"}
		switch k := signers()[kid].Public().(type) {
		case *ecdsa.PublicKey:
			point, _ := k.Bytes()
			half := (len(point) + 1) / 2
			jwk = merge(jwk, object{"kty": "EC", "crv": k.Params().Name, "x": b64(point[1:half]), "y": b64(point[half:])})
		case *rsa.PublicKey:
			jwk = merge(jwk, object{"kty": "RSA", "n": b64(k.N.Bytes()), "e": b64(big.NewInt(int64(k.E)).Bytes())})
		case ed25519.PublicKey:
			jwk = merge(jwk, object{"kty": "OKP", "crv": "Ed25519", "x": b64(k)})
		}
		list = append(list, jwk)
	}
	text, err := json.Marshal(object{"keys": list})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// burnt is one call of Burn.
type burnt struct {
	tenant, client, jti string
	until               time.Time
}

// authority verifies assertions by keys that it reads over HTTP from the client.
type authority struct {
	proof.Assertions
	url   string
	burnt []burnt
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/all":
			_, _ = w.Write(published(t, "p256", "p384", "p521", "ed", "rsa"))
		case "/two":
			_, _ = w.Write(published(t, "p256", "second"))
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	client := outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	t.Cleanup(func() { client.Close(); server.Close() })
	a := &authority{url: server.URL}
	a.Assertions = proof.Assertions{Keys: keyset.New(keyset.Config{Client: client, Now: at(now)}), Burn: a.burn, Now: at(now)}
	return a
}

// burn remembers in a list; what it is to do is the store's promise.
func (a *authority) burn(_ context.Context, tenant, client, jti string, until time.Time) (bool, error) {
	for _, b := range a.burnt {
		if b.tenant == tenant && b.client == client && b.jti == jti {
			return false, nil
		}
	}
	a.burnt = append(a.burnt, burnt{tenant, client, jti, until})
	return true, nil
}

func (a *authority) verify(t testing.TB, path string, assertion secret.Text) error {
	t.Helper()
	return a.Verify(t.Context(), "acme", machine, a.url+path, []string{endpoint, issuer}, assertion)
}

// asserted is a right assertion with changes to header and claims; nil deletes.
func asserted(t testing.TB, header, claims object) secret.Text {
	t.Helper()
	head := object{"kid": "p256"}
	maps.Copy(head, header)
	return assertedBy(t, jwt.SigningMethodES256, signers()["p256"], head, claims)
}

// assertedBy is asserted by any method and key; the header's alg is the method's if it says none.
func assertedBy(t testing.TB, method jwt.SigningMethod, key any, header, claims object) secret.Text {
	t.Helper()
	head := merge(object{"alg": method.Alg(), "typ": "JWT"}, header)
	payload := merge(object{"iss": machine, "sub": machine, "aud": endpoint, "exp": now + 60, "iat": now, "jti": "7d3f"}, claims)
	text := encode(t, head) + "." + encode(t, payload)
	signature, err := method.Sign(text, key)
	if err != nil {
		t.Fatal(err)
	}
	return secret.New(text + "." + base64.RawURLEncoding.EncodeToString(signature))
}

// padded is a right assertion of a length in bytes, or up to three more: four
// characters are three bytes of the claims.
func padded(t testing.TB, length int) secret.Text {
	t.Helper()
	empty := asserted(t, nil, object{"ext": ""}).Len()
	right := asserted(t, nil, object{"ext": strings.Repeat("a", (length-empty)*3/4+1)})
	if n := right.Len(); n < length || n > length+3 {
		t.Fatalf("%d bytes, want %d", n, length)
	}
	return right
}

// refusedBecause checks that whoever sent an assertion learns the same as all others.
func refusedBecause(t *testing.T, err error, cause string) {
	t.Helper()
	e := broker.AsError(err)
	if err == nil || e.Code != broker.InvalidClient || e.Message != broker.ErrClient.Message || e.RetryAfter != 0 {
		t.Fatalf("got %v", err)
	}
	if e.Cause == nil || e.Cause.Error() != cause {
		t.Errorf("because of %v, want %s", e.Cause, cause)
	}
}
