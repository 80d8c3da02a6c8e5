package hmac

import (
	"crypto/sha256"
	"time"
)

// signed is a message, its moment and the signature that came with it: what a
// [Proxy] and an [OAuth] have in common.
type signed struct {
	at int64
	// A closure is where fmt and reflection stop, wherever the value is embedded.
	evidence func() *evidence
}

type evidence struct {
	message []byte
	mac     [sha256.Size]byte
}

// bind holds text, the signature as it was sent, together with what it is of.
// False: text is no signature.
func (s *signed) bind(text string, message []byte, at int64) bool {
	e := &evidence{message: message}
	if !decode(&e.mac, text) {
		return false
	}
	*s = signed{at, func() *evidence { return e }}
	return true
}

// read makes the zero value one that no key has signed.
func (s *signed) read() *evidence {
	if s.evidence == nil {
		return new(evidence)
	}
	return s.evidence()
}

// Message returns the signed text. Read it, don't change it, and don't log it.
func (s *signed) Message() []byte { return s.read().message }

// MAC returns the decoded signature. Read it, don't change it, and don't log it.
func (s *signed) MAC() *[sha256.Size]byte { return &s.read().mac }

// SignedBy reports whether k signed it. It does not look at the age.
func (s *signed) SignedBy(k *Key) bool { return k.Match(s.Message(), s.MAC()) }

// Age returns [Valid] if it was signed at most window before or after now, both
// bounds included; else [Expired] or [NotYet]. Shopify's window is [Window].
func (s *signed) Age(now time.Time, window time.Duration) Result {
	return age(s.at, now, 0, window)
}
