package token

import (
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/shapestoken/shapestoken/server/broker"
)

var errNoUse = errors.New("an access token is for a user, a client or a profile, and has an id and a method, in UTF-8")

// SignAccess makes an access token by RFC 9068: a JWT of type at+jwt. It returns
// an error for a want that names nobody or lives longer than retired keys stay
// published, and if the key fails.
func (m *Mint) SignAccess(w broker.Want) (string, error) {
	switch {
	case !usable(w):
		return "", errNoUse
	case !lives(w):
		return "", errLife
	}
	var room [700]byte
	return m.seal(m.templates.access, m.templates.appendAccess(room[:0], w))
}

func usable(w broker.Want) bool {
	id := w.Identity
	ours := id.Subject.Kind == broker.Person || id.Subject.Kind == broker.Program
	if !ours && !profiled(id) || id.Subject.ID == "" || id.Method == "" || w.ID == "" {
		return false
	}
	for _, audience := range w.Audience {
		if audience == "" || !utf8.ValidString(audience) {
			return false
		}
	}
	return legible(id) && utf8.ValidString(w.Client) && utf8.ValidString(w.Scopes.String())
}

func (t *templates) appendAccess(b []byte, w broker.Want) []byte {
	b = append(append(b, t.issuer...), ',')
	b = appendOwner(b, w)
	b = append(appendActor(b, w.Identity.Actor), `,"aud":`...)
	if len(w.Audience) > 0 {
		b = appendAudience(b, w.Audience)
	} else {
		b = append(b, t.audience...)
	}
	client := w.Client
	if client == "" {
		client = broker.LoginClient
	}
	b = appendString(append(b, `,"client_id":`...), client)
	if len(w.Scopes) > 0 {
		b = appendString(append(b, `,"scope":`...), w.Scopes.String())
	}
	b = appendSession(b, w)
	b = appendString(append(b, `,"amr":[`...), string(w.Identity.Method))
	b = strconv.AppendInt(append(b, `],"iat":`...), w.IssuedAt.Unix(), 10)
	b = strconv.AppendInt(append(b, `,"exp":`...), w.ExpiresAt.Unix(), 10)
	b = appendString(append(b, `,"jti":`...), w.ID)
	return append(b, '}')
}

// appendOwner says whose the token is. A client that speaks for itself is told by
// its client_id from a user, and one of which another client has a token by idtyp,
// which others use alike (Microsoft identity platform, access token claims).
func appendOwner(b []byte, w broker.Want) []byte {
	id := w.Identity
	if profiled(id) {
		return appendShop(appendProfile(b, id), id)
	}
	b = appendString(append(b, `"sub":`...), id.Subject.ID)
	if id.Subject.Kind == broker.Program && id.Subject.ID != w.Client {
		b = append(b, `,"idtyp":"`+program+`"`...)
	}
	return b
}

const program = "app"

// appendShop is for what has no constant claims.
func appendShop(b []byte, id broker.Identity) []byte {
	if shop(id) == "" {
		return b
	}
	return appendString(append(b, `,"shop":`...), shop(id))
}

// appendSession names what the token comes from and ends with.
func appendSession(b []byte, w broker.Want) []byte {
	if w.SessionID() == "" {
		return b
	}
	return appendString(append(b, `,"sid":`...), w.SessionID())
}
