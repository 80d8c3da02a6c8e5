package hmac_test

import (
	"bytes"
	stdhmac "crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/hmac"
)

// The grammar once more, as the reference states it.
var (
	idGrammar        = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)
	shopGrammar      = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com$`)
	timestampGrammar = regexp.MustCompile(`^[0-9]{10}$`)
	signatureGrammar = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// expected is ParseCustomer's Result by way of regular expressions.
func expected(id, shop, timestamp, signature string) hmac.Result {
	_, err := strconv.ParseInt(id, 10, 64)
	switch {
	case err != nil || !idGrammar.MatchString(id):
		return hmac.MalformedID
	case (shop != "" || timestamp != "") && !shopGrammar.MatchString(shop):
		return hmac.MalformedShop
	case timestamp != "" && !timestampGrammar.MatchString(timestamp):
		return hmac.MalformedTimestamp
	case !signatureGrammar.MatchString(signature):
		return hmac.MalformedSignature
	}
	return hmac.Valid
}

func FuzzParseCustomer(f *testing.F) {
	zeros := strings.Repeat("0", 64)
	f.Add(id, "", "", "362285d31a40c7807d5628ebbce120146f3e6adf3cbae3b6c34080abec5157c7")
	f.Add(id, shop, stamp, "c42df2857ad7c4156ded7d544f265cba7e40d0739c07cd5a61ddd53d698a8358")
	f.Add("9223372036854775808", shop, "", zeros)
	f.Add("9223372036854775807", strings.Repeat("a", 63)+".myshopify.com", "9999999999", zeros)
	f.Add("１２３", "-.myshopify.com", "1e9", strings.ToUpper(zeros))
	key := newKey(f, secret)
	f.Fuzz(func(t *testing.T, id, shop, timestamp, signature string) {
		c, r := hmac.ParseCustomer(id, shop, timestamp, signature)
		if want := expected(id, shop, timestamp, signature); r != want {
			t.Fatalf("%v, want %v", r, want)
		}
		if r != hmac.Valid {
			return
		}
		message := statement{id, shop, timestamp}.message()
		if string(c.Message()) != message || hex.EncodeToString(c.MAC()[:]) != signature {
			t.Fatalf("message %q, mac %x", c.Message(), *c.MAC())
		}
		if got := sign(t, key, id, shop, timestamp); got != hexMAC(secret, message) {
			t.Fatalf("signed something else than %q", message)
		}
	})
}

// Long messages are short texts repeated: inputs stay small enough for the
// fuzzer to minimise.
func FuzzMatch(f *testing.F) {
	f.Add([]byte(secret), []byte(id), uint8(1), []byte{})
	f.Add([]byte("Polina"), []byte("Polyjuice"), uint8(255), make([]byte, sha256.Size))
	f.Add([]byte{0}, []byte{}, uint8(0), []byte{1})
	f.Add(bytes.Repeat([]byte("k"), 65), bytes.Repeat([]byte("m"), 64), uint8(16), []byte{1})
	f.Fuzz(func(t *testing.T, secret, text []byte, times uint8, mask []byte) {
		message := bytes.Repeat(text, int(times))
		key, err := hmac.NewKey(secret)
		if notEmpty(secret) != (err == nil) {
			t.Fatalf("NewKey: %v", err)
		}
		if err != nil {
			if !errors.Is(err, hmac.ErrEmptyKey) {
				t.Fatal(err)
			}
			return
		}
		right := standard(secret, message)
		mac := right
		for i := range min(len(mac), len(mask)) { // an empty mask leaves it right
			mac[i] ^= mask[i]
		}
		if got, want := key.Match(message, &mac), stdhmac.Equal(mac[:], right[:]); got != want {
			t.Fatalf("%t, want %t", got, want)
		}
	})
}
