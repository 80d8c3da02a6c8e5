package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// What there is at Firebase.
const (
	annasMail = "anna@example.com"
	annasWord = "correct horse battery staple"
	annasUID  = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7"
	webKey    = "AIza-web-api-key"
)

// firebase is a project that signs people in, and publishes its keys.
type firebase struct {
	url string
	key *ecdsa.PrivateKey
}

func newFirebase(t *testing.T) *firebase {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f := &firebase{key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /jwks", f.keys)
	mux.HandleFunc("POST /v1/accounts:signInWithPassword", f.signIn)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

var b64 = base64.RawURLEncoding.EncodeToString

func (f *firebase) keys(w http.ResponseWriter, _ *http.Request) {
	point, err := f.key.PublicKey.Bytes()
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	reply(w, object{"keys": []object{{"kty": "EC", "crv": "P-256", "kid": "k1", "x": b64(point[1:33]), "y": b64(point[33:])}}})
}

func (f *firebase) signIn(w http.ResponseWriter, r *http.Request) {
	var q struct{ Email, Password string }
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil || r.URL.Query().Get("key") != webKey || q.Email != annasMail || q.Password != annasWord {
		w.WriteHeader(http.StatusBadRequest)
		reply(w, object{"error": object{"code": 400, "message": "INVALID_LOGIN_CREDENTIALS"}})
		return
	}
	reply(w, object{"localId": annasUID, "idToken": f.token(time.Hour), "refreshToken": "r", "expiresIn": "3600"})
}

// token is Anna's ID token, which ends after this time.
func (f *firebase) token(life time.Duration) string {
	now := time.Now().Unix()
	payload, err := json.Marshal(object{
		"iss": "https://securetoken.google.com/acme-omi", "aud": "acme-omi", "sub": annasUID, "iat": now, "auth_time": now,
		"exp": now + int64(life/time.Second),
	})
	if err != nil {
		panic(err)
	}
	text := b64([]byte(`{"alg":"ES256","kid":"k1","typ":"JWT"}`)) + "." + b64(payload)
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, f.key, sum[:])
	if err != nil {
		panic(err)
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return text + "." + b64(signature)
}
