package hash

import (
	"crypto/rand"
	"crypto/subtle"
	"hash/crc32"
	"math/big"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Prefix says what a secret of ours is for, to people who come across one and
// to programs that look for leaked ones.
type Prefix string

// The prefixes. No two kinds can be taken for each other.
const (
	ClientSecret Prefix = "shpc_"
	APIToken     Prefix = "shp_"
	AccessToken  Prefix = "sha_" // opaque
	Code         Prefix = "shx_" // an authorization code
	Cookie       Prefix = "shk_" // of a browser in which somebody has signed in
)

const (
	alphabet  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	bodySize  = 43 // 62^43 > 2^256
	checkSize = 6  // 62^6 > 2^32
)

// NewSecret returns a secret that nobody had before: the prefix, 43 random
// characters of base62 (256 bits) and a checksum of 6 over all of that. There is
// nothing in it that a shell, a URL or a double click would stop at.
func NewSecret(p Prefix) secret.Text {
	text := append([]byte(p), body()...)
	return secret.New(string(append(text, checksum(text)...)))
}

// Plausible reports whether text can have come from NewSecret(p). It is for
// telling people that they have copied only a part, and for not asking the
// database about rubbish; whether the secret is good, only its [Sum] says. One
// character that was changed, lost or added is always noticed, more than that
// all but once in four thousand million times. The work is the same for every
// text, however long.
func Plausible(p Prefix, text secret.Text) bool {
	plain := text.Reveal()
	buf := make([]byte, len(p)+bodySize+checkSize)
	copy(buf, plain)
	head, tail := buf[:len(p)+bodySize], buf[len(p)+bodySize:]

	sized := len(plain) == len(buf)
	ours := subtle.ConstantTimeCompare(head[:len(p)], []byte(p)) == 1
	spelled := inAlphabet(head[len(p):])
	whole := subtle.ConstantTimeCompare(tail, checksum(head)) == 1
	return sized && ours && spelled && whole
}

// body draws each character evenly.
func body() []byte {
	out, letters := make([]byte, bodySize), big.NewInt(int64(len(alphabet)))
	for i := range out {
		n, _ := rand.Int(rand.Reader, letters) // never fails: the process would end
		out[i] = alphabet[n.Int64()]
	}
	return out
}

// checksum is the CRC-32 (IEEE) of text as six digits of base62.
func checksum(text []byte) []byte {
	sum := crc32.ChecksumIEEE(text)
	out := make([]byte, checkSize)
	for i := range out {
		out[checkSize-1-i] = alphabet[sum%62]
		sum /= 62
	}
	return out
}

func inAlphabet(text []byte) bool {
	strangers := 0
	for _, b := range text {
		strangers += int(stranger[b])
	}
	return strangers == 0
}

// stranger has 1 for each byte that is not in the alphabet.
var stranger = func() (table [256]byte) {
	for b := range table {
		table[b] = 1
	}
	for _, b := range []byte(alphabet) {
		table[b] = 0
	}
	return table
}()
