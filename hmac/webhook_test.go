package hmac_test

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/hmac"
)

const body = `{"id":820982911946154500,"email":"jon@example.com"}`

func header(t testing.TB, key *hmac.Key, body string) string {
	t.Helper()
	text, r := key.SignWebhook([]byte(body))
	if r != hmac.Valid {
		t.Fatal(r)
	}
	return text
}

func TestVerifyWebhook(t *testing.T) {
	right := header(t, newKey(t, secret), body)
	sum, err := base64.StdEncoding.DecodeString(right)
	if err != nil || hex.EncodeToString(sum) != hexMAC(secret, body) {
		t.Fatalf("signed something else: %v", err)
	}
	for _, tt := range []struct {
		name, body, header string
		want               hmac.Result
	}{
		{"right", body, right, hmac.Valid},
		{"missing", body, "", hmac.MalformedHeader},
		{"hex", body, hex.EncodeToString(sum), hmac.MalformedHeader},
		{"unpadded", body, right[:43], hmac.MalformedHeader},
		{"padded twice", body, right + "=", hmac.MalformedHeader},
		{"space before", body, " " + right, hmac.MalformedHeader},
		{"line end after", body, right + "\n", hmac.MalformedHeader},
		{"line break within, of the same length", body, right[:42] + "\n=", hmac.MalformedHeader},
		{"line break for padding", body, right[:43] + "\n", hmac.MalformedHeader},
		{"line breaks alone", body, strings.Repeat("\n", 44), hmac.MalformedHeader},
		{"bits left over", body, right[:42] + string(right[42]+1) + "=", hmac.MalformedHeader},
		{"33 bytes", body, base64.StdEncoding.EncodeToString(make([]byte, 33)), hmac.MalformedHeader},
		{"31 bytes", body, base64.StdEncoding.EncodeToString(make([]byte, 31)), hmac.MalformedHeader},
		{"twice, with a comma", body, right + "," + right, hmac.MalformedHeader},
		{"wrong", body, base64.StdEncoding.EncodeToString(make([]byte, 32)), hmac.Wrong},
		{"another body", body + " ", right, hmac.Wrong},
		{"another key", body, header(t, newKey(t, "another"), body), hmac.Wrong},
		{"empty key", body, base64.StdEncoding.EncodeToString(unhex(t, hexMAC("", body))), hmac.Wrong},
		{"empty body, rightly signed", "", base64.StdEncoding.EncodeToString(unhex(t, hexMAC(secret, ""))), hmac.EmptyBody},
	} {
		want := hmac.Neither
		if tt.want == hmac.Valid {
			want = hmac.Current
		}
		if which, r := keysOf(t).VerifyWebhook([]byte(tt.body), tt.header); r != tt.want || which != want {
			t.Errorf("%s: %v by %v, want %v", tt.name, r, which, tt.want)
		}
	}
}

// Where + and / are, - and _ are another alphabet.
func TestURLSafeBase64(t *testing.T) {
	key, tried := newKey(t, secret), 0
	for n := range 50 {
		body := strings.Repeat("x", n+1)
		right := header(t, key, body)
		safe := strings.NewReplacer("+", "-", "/", "_").Replace(right)
		if safe == right {
			continue
		}
		tried++
		if _, r := keysOf(t).VerifyWebhook([]byte(body), safe); r != hmac.MalformedHeader {
			t.Errorf("%d bytes: %v", n, r)
		}
	}
	if tried == 0 {
		t.Fatal("no signature had + or / in it")
	}
}

func TestSignWebhookRefusesNothing(t *testing.T) {
	for _, body := range [][]byte{nil, {}} {
		if text, r := newKey(t, secret).SignWebhook(body); r != hmac.EmptyBody || text != "" {
			t.Errorf("%q, %v", text, r)
		}
	}
}

// Bytes are bytes: no character set, no end at a NUL, longer than any buffer.
func TestWebhookBodies(t *testing.T) {
	for _, body := range []string{"\xff\x00\xfe", "\x00", strings.Repeat("naïve ✓", 100_000)} {
		if _, r := keysOf(t).VerifyWebhook([]byte(body), header(t, newKey(t, secret), body)); r != hmac.Valid {
			t.Errorf("%d bytes: %v", len(body), r)
		}
	}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
