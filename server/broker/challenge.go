package broker

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"regexp"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Proof Key for Code Exchange (RFC 7636), with S256 alone.

var (
	challenge = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
	verifier  = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)
)

// checkChallenge wants one of a client that has no secret. Who leaves the method
// out means plain (section 4.3), which protects nothing.
func (q *Question) checkChallenge(client *Client) error {
	switch {
	case q.Challenge == "" && q.ChallengeMethod == "" && !client.Public:
		return nil
	case q.Challenge == "":
		return errNoChallenge
	case q.ChallengeMethod != "S256":
		return errChallengeMethod
	case !challenge.MatchString(q.Challenge):
		return errChallenge
	}
	return nil
}

// Verifies tells whether text is what the session's challenge was made of. A
// session without one wants none: who sends it anyway has been tricked out of
// the other half.
func (s Session) Verifies(text secret.Text) bool {
	if s.Challenge == "" {
		return text.Empty()
	}
	plain := text.Reveal()
	sum := sha256.Sum256([]byte(plain))
	made := base64.RawURLEncoding.EncodeToString(sum[:])
	return verifier.MatchString(plain) && subtle.ConstantTimeCompare([]byte(made), []byte(s.Challenge)) == 1
}

var (
	errNoChallenge     = Refuse(InvalidRequest, "code_challenge is missing: clients without a secret need PKCE (RFC 7636)")
	errChallengeMethod = Refuse(InvalidRequest, "code_challenge_method must be S256")
	errChallenge       = Refuse(InvalidRequest, "code_challenge is malformed: it is a SHA-256 in base64url, 43 characters")
)
