package hash

import (
	"crypto/sha256"
	"crypto/subtle"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Dummy is the sum of no text that anybody knows. Compare with it where there
// is no client or no second secret, so that it costs the same as if there were.
var Dummy [sha256.Size]byte

// Sum is what to store of a text that NewSecret made: the SHA-256 of all of it,
// its prefix and checksum included. The same text has the same sum, so a token
// is found by an index.
//
// A fast hash without salt is right here, and only here. A slow one makes each
// guess dear, which is needed where a guess has a chance: among 2^256 texts,
// drawn evenly, none has, and each call of an API would pay for it. A salt keeps
// two users' equal passwords from being seen, and tables from being made
// beforehand: no two of these are equal, and there is no table of them.
func Sum(text secret.Text) [sha256.Size]byte { return sha256.Sum256([]byte(text.Reveal())) }

// Matches reports whether sum is the Sum of text, in a time that does not
// depend on how much of it is right. The empty text matches nothing.
func Matches(sum [sha256.Size]byte, text secret.Text) bool {
	made := Sum(text)
	return subtle.ConstantTimeCompare(sum[:], made[:]) == 1 && !text.Empty()
}
