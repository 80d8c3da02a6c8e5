package hmac_test

import (
	"bytes"
	stdhmac "crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"testing"

	"github.com/shapestoken/shapestoken/hmac"
	"pgregory.net/rapid"
)

// statement is a well-formed request but for its signature.
type statement struct{ id, shop, timestamp string }

func drawStatement(t *rapid.T) statement {
	s := statement{id: strconv.FormatInt(rapid.Int64Min(1).Draw(t, "id"), 10)}
	if rapid.Bool().Draw(t, "v2") {
		s.shop = rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com`).Draw(t, "shop")
		s.timestamp = rapid.StringMatching(`[0-9]{10}`).Draw(t, "timestamp")
	}
	return s
}

func (s statement) message() string {
	if s.timestamp == "" {
		return s.id
	}
	return "v2:" + s.shop + ":" + s.id + ":" + s.timestamp
}

// drawKey also returns the secret; lengths go well past a SHA-256 block.
func drawKey(t *rapid.T) (*hmac.Key, []byte) {
	secret := rapid.SliceOfN(rapid.Byte(), 1, 200).Filter(notEmpty).Draw(t, "secret")
	key, err := hmac.NewKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return key, secret
}

// notEmpty is false for what HMAC takes for the empty key.
func notEmpty(secret []byte) bool {
	return len(secret) > sha256.BlockSize || len(bytes.Trim(secret, "\x00")) > 0
}

func standard(secret, message []byte) (mac [sha256.Size]byte) {
	h := stdhmac.New(sha256.New, secret)
	h.Write(message)
	h.Sum(mac[:0])
	return mac
}

func TestSumAgreesWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, secret := drawKey(t)
		message := rapid.SliceOfN(rapid.Byte(), 0, 4096).Draw(t, "message")
		want := standard(secret, message)
		if key.Sum(message) != want || !key.Match(message, &want) {
			t.Fatal("another HMAC than the standard library's")
		}
	})
}

// Every length around the block and chunk sizes, where buffering goes wrong.
func TestSumOfEveryLength(t *testing.T) {
	key := newKey(t, secret)
	message := make([]byte, 3100)
	for n := range message {
		message[n] = byte(n * 7)
		if key.Sum(message[:n]) != standard([]byte(secret), message[:n]) {
			t.Fatalf("a message of %d bytes has another HMAC", n)
		}
	}
}

func TestSignedIsVerified(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, secret := drawKey(t)
		s := drawStatement(t)
		signature, r := key.SignCustomer(s.id, s.shop, s.timestamp)
		if r != hmac.Valid {
			t.Fatal(r)
		}
		mac := standard(secret, []byte(s.message()))
		if signature != hex.EncodeToString(mac[:]) {
			t.Fatal("signed something else")
		}
		c, r := hmac.ParseCustomer(s.id, s.shop, s.timestamp, signature)
		if r != hmac.Valid || !c.SignedBy(key) || c.SignedByEmptyKey() {
			t.Fatalf("own signature refused: %v", r)
		}
	})
}

// Byte for byte: no normalisation between what came in and what was signed.
func TestMessageIsWhatCameIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStatement(t)
		mac := [sha256.Size]byte(rapid.SliceOfN(rapid.Byte(), sha256.Size, sha256.Size).Draw(t, "mac"))
		c, r := hmac.ParseCustomer(s.id, s.shop, s.timestamp, hex.EncodeToString(mac[:]))
		if r != hmac.Valid || string(c.Message()) != s.message() || c.ID != s.id || c.Shop != s.shop || *c.MAC() != mac {
			t.Fatalf("%v: message %q of %+v", r, c.Message(), s)
		}
	})
}

func TestOneBitIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, _ := drawKey(t)
		message := rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "message")
		mac := key.Sum(message)

		forged := mac
		flipBit(forged[:], rapid.IntRange(0, 8*len(forged)-1).Draw(t, "bit of the mac"))
		if key.Match(message, &forged) {
			t.Fatal("a changed signature was accepted")
		}
		flipBit(message, rapid.IntRange(0, 8*len(message)-1).Draw(t, "bit of the message"))
		if key.Match(message, &mac) {
			t.Fatal("a changed message was accepted")
		}
	})
}

// A changed request is refused whether or not the change keeps to the grammar.
func TestOneBitOfTheRequestIsRefused(t *testing.T) {
	key := newKey(t, secret)
	texts := [4]string{id, shop, stamp, sign(t, key, id, shop, stamp)}
	for field := range texts {
		for bit := range 8 * len(texts[field]) {
			bent := texts
			b := []byte(bent[field])
			flipBit(b, bit)
			bent[field] = string(b)
			if r := verify(key, bent[0], bent[1], bent[2], bent[3], signedAt); r != hmac.Wrong && !r.Malformed() {
				t.Fatalf("%q: %v", bent[field], r)
			}
		}
	}
}

func flipBit(b []byte, bit int) { b[bit/8] ^= 1 << (bit % 8) }
