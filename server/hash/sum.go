package hash

import (
	"crypto/sha256"

	"github.com/shapestoken/shapestoken/server/secret"
)

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
