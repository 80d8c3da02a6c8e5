package keyset

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/outbound"
)

// issuer publishes whatever answer says, over HTTP on loopback, to a Sets that
// reaches it by the program's own client. The clock stands until it is moved.
type issuer struct {
	*Sets
	url string

	mu     sync.Mutex
	answer http.HandlerFunc
	asked  int
	at     time.Time
}

func newIssuer(t *testing.T, answer http.HandlerFunc) *issuer {
	t.Helper()
	i := &issuer{answer: answer, at: time.Unix(1795200000, 0)}
	server := httptest.NewServer(i)
	client := outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	t.Cleanup(func() { client.Close(); server.Close() })
	i.Sets, i.url = New(Config{Client: client, Now: i.now}), server.URL
	return i
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.asked++
	answer := i.answer
	i.mu.Unlock()
	answer(w, r)
}

func (i *issuer) now() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.at
}

func (i *issuer) move(by time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.at = i.at.Add(by)
}

func (i *issuer) says(answer http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = answer
}

func (i *issuer) requests() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// publishing answers with keys, and headers in pairs.
func publishing(keys []object, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for n := 0; n < len(headers); n += 2 {
			w.Header().Add(headers[n], headers[n+1])
		}
		_ = json.NewEncoder(w).Encode(object{"keys": keys})
	}
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

func failing(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

type object = map[string]any

// with is a copy with changes; nil deletes.
func with(from object, changes object) object {
	all := maps.Clone(from)
	for name, value := range changes {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	return all
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// The keys of the tests, one of each kind and one more.
var (
	p256, other = sync.OnceValue(ec(elliptic.P256())), sync.OnceValue(ec(elliptic.P256()))
	p384, p521  = sync.OnceValue(ec(elliptic.P384())), sync.OnceValue(ec(elliptic.P521()))
	rsa2048     = sync.OnceValue(func() crypto.PublicKey { return publicOf(rsa.GenerateKey(rand.Reader, 2048)) })
	edwards     = sync.OnceValue(func() crypto.PublicKey { key, _, _ := ed25519.GenerateKey(rand.Reader); return key })
)

func ec(curve elliptic.Curve) func() crypto.PublicKey {
	return func() crypto.PublicKey { return publicOf(ecdsa.GenerateKey(curve, rand.Reader)) }
}

func publicOf[K crypto.Signer](key K, err error) crypto.PublicKey {
	if err != nil {
		panic(err)
	}
	return key.Public()
}

// jwk writes a key as RFC 7518 and RFC 8037 say.
func jwk(kid string, key crypto.PublicKey) object {
	o := object{"kid": kid, "use": "sig"}
	switch k := key.(type) {
	case *rsa.PublicKey:
		return with(o, object{"kty": "RSA", "n": b64(k.N.Bytes()), "e": b64(big.NewInt(int64(k.E)).Bytes())})
	case *ecdsa.PublicKey:
		point, err := k.Bytes()
		if err != nil {
			panic(err)
		}
		half := (len(point) + 1) / 2
		return with(o, object{"kty": "EC", "crv": k.Params().Name, "x": b64(point[1:half]), "y": b64(point[half:])})
	}
	return with(o, object{"kty": "OKP", "crv": "Ed25519", "x": b64(key.(ed25519.PublicKey))})
}
