package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// rawSign is the bare filter, which signs anything with any key.
func rawSign(key, message string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(message))
	return hex.EncodeToString(h.Sum(nil))
}

func emptyKeyV2(at time.Time) string {
	signature := rawSign("", fmt.Sprintf("v2:%s:%s:%d", shopA, custom, at.Unix()))
	return fmt.Sprintf(`{"id":%q,"signature":%q,"shop":%q,"timestamp":%d}`, custom, signature, shopA, at.Unix())
}

// claimsOf reads the token in an answer, unverified.
func claimsOf(t testing.TB, body string) map[string]any {
	t.Helper()
	var a struct{ Token string }
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return payloadOf(t, a.Token)
}

// payloadOf is what a JWT says.
func payloadOf(t testing.TB, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no JWT: %s", token)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}
