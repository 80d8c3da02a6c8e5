package token

import (
	"errors"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/shapestoken/shapestoken/server/broker"
)

var errNoPerson = errors.New("an ID token is about a user who has signed in, for a client, and comes from a session, in UTF-8")

// SignPerson makes an ID token about who has signed in (OpenID Connect Core
// section 2). It is for the client alone: as a token to be used, it is refused. It
// returns an error for a want that speaks of no user and no session or lives
// longer than retired keys stay published, and if the key fails.
func (m *Mint) SignPerson(w broker.Want) (string, error) {
	w.ExpiresAt = brief(w)
	switch {
	case !present(w):
		return "", errNoPerson
	case !lives(w):
		return "", errLife
	}
	var room [700]byte
	return m.seal(m.templates.person, m.templates.appendPerson(room[:0], w))
}

// brief is when an ID token ends: it says who signed in, which is soon read.
// Access tokens may live longer, or for ever.
func brief(w broker.Want) time.Time {
	end := w.IssuedAt.Add(broker.DefaultAccessTTL)
	if !w.ExpiresAt.IsZero() && w.ExpiresAt.Before(end) {
		return w.ExpiresAt
	}
	return end
}

func present(w broker.Want) bool {
	id := w.Identity
	return id.Subject.Kind == broker.Person && id.Subject.ID != "" && id.Method != "" && w.Client != "" && w.Next != nil && w.Next.ID != "" && !w.Next.SignedIn.IsZero() &&
		utf8.ValidString(id.Subject.ID) && utf8.ValidString(w.Client) && utf8.ValidString(w.Next.Nonce)
}

func (t *templates) appendPerson(b []byte, w broker.Want) []byte {
	b = appendString(append(append(b, t.issuer...), `,"sub":`...), w.Identity.Subject.ID)
	b = appendString(append(b, `,"aud":`...), w.Client)
	b = strconv.AppendInt(append(b, `,"auth_time":`...), w.Next.SignedIn.Unix(), 10)
	if w.Next.Nonce != "" && w.Grant == broker.AuthorizationCode {
		b = appendString(append(b, `,"nonce":`...), w.Next.Nonce)
	}
	b = appendSession(b, w)
	b = appendString(append(b, `,"amr":[`...), string(w.Identity.Method))
	b = strconv.AppendInt(append(b, `],"iat":`...), w.IssuedAt.Unix(), 10)
	b = strconv.AppendInt(append(b, `,"exp":`...), w.ExpiresAt.Unix(), 10)
	b = appendString(append(b, `,"jti":`...), w.ID+".id")
	return append(b, '}')
}

// Hint implements broker.Reader: it reads an ID token about a user, which may have
// ended.
func (m *Mint) Hint(token string) (client, user string, err error) {
	if !shaped(token) {
		return "", "", ErrMalformed
	}
	var p payload
	t, err := m.hints.ParseWithClaims(token, &p, m.key)
	if err != nil {
		return "", "", reason(err)
	}
	if p.Issuer != m.issuer || t.Header["typ"] != idType || p.PID != "" || p.Session == "" || len(p.Audience) != 1 {
		return "", "", ErrClaims
	}
	return p.Audience[0], p.Subject, nil
}
