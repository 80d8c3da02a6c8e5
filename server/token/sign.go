package token

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shapestoken/shapestoken/server/broker"
)

var (
	errNobody = errors.New("a token is for a guest or a customer with a profile, and has a method, in UTF-8")
	errLife   = errors.New("a token lives from one second to 24 hours")
)

// Sign makes the IDToken of contract section 3. It returns an error for a want
// that names nobody or lives longer than retired keys stay published, and if
// the key fails. Apart from the signature it costs one allocation: the token.
func (m *Mint) Sign(w broker.Want) (string, error) {
	if err := checkWant(w); err != nil {
		return "", err
	}
	t := m.templates.find(shop(w.Identity), w.Identity.Method)

	var room [512]byte // on the stack; a longer payload moves to the heap by itself
	rest := appendClaims(append(room[:0], t.rest...), w)

	return m.seal(t.text, rest)
}

// seal signs what begins with text, in base64url, and goes on with rest.
func (m *Mint) seal(text string, rest []byte) (string, error) {
	var token strings.Builder
	token.Grow(len(text) + base64.RawURLEncoding.EncodedLen(len(rest)) + 1 + m.active.encodedLen())
	token.WriteString(text)
	writeBase64(&token, rest)
	signature, err := m.active.sign(token.String())
	if err != nil {
		return "", err
	}
	token.WriteByte('.')
	writeBase64(&token, signature)
	return token.String(), nil
}

func checkWant(w broker.Want) error {
	id := w.Identity
	switch {
	case !whole(id), id.Method == "", !legible(id):
		return errNobody
	case !lives(w):
		return errLife
	}
	return nil
}

func lives(w broker.Want) bool {
	life := w.ExpiresAt.Unix() - w.IssuedAt.Unix()
	return life >= 1 && life <= int64(broker.MaxTokenTTL/time.Second)
}

// whole tells whether the identity names whom an IDToken can speak of: a guest has
// neither id nor profile.
func whole(id broker.Identity) bool {
	if id.Subject.Kind == broker.Guest {
		return id.Subject.ID == "" && id.PID == ""
	}
	return profiled(id)
}

// profiled tells whether a token calls them by their profile: a customer, and
// somebody whom another issuer knows.
func profiled(id broker.Identity) bool {
	return id.Subject.ID != "" && id.PID != "" &&
		(id.Subject.Kind == broker.Customer || id.Subject.Kind == broker.External && id.Issuer != "")
}

// legible tells whether all that a token says of an identity is UTF-8.
func legible(id broker.Identity) bool {
	for actor := id.Actor; actor != nil; actor = actor.Actor {
		if !utf8.ValidString(actor.Subject.ID) {
			return false
		}
	}
	return utf8.ValidString(id.Subject.ID) && utf8.ValidString(id.PID) && utf8.ValidString(shop(id)) && utf8.ValidString(id.Issuer)
}

// appendClaims appends what differs from token to token. A claim goes here or
// into constantClaims and template, never into both.
func appendClaims(b []byte, w broker.Want) []byte {
	var room [32]byte
	jti := appendID(room[:0], w.ID)

	b = appendSubject(b, w.Identity, jti)
	b = appendActor(b, w.Identity.Actor)
	if w.Client != "" {
		b = appendString(append(b, `,"client_id":`...), w.Client)
	}
	b = appendSession(b, w)
	b = strconv.AppendInt(append(b, `,"iat":`...), w.IssuedAt.Unix(), 10)
	b = strconv.AppendInt(append(b, `,"exp":`...), w.ExpiresAt.Unix(), 10)
	b = append(append(b, `,"jti":"`...), jti...)
	return append(b, `"}`...)
}

// appendID is the token's name: the one it was given, else 128 random bits.
func appendID(b []byte, id string) []byte {
	if id != "" {
		return append(b, id...)
	}
	var random [16]byte
	rand.Read(random[:]) // never fails: it ends the process if the system has no randomness
	return base64.RawURLEncoding.AppendEncode(b, random[:])
}

// appendActor says who speaks for the subject, and for whom that one spoke before
// (RFC 8693 section 4.1). A client's sub is its client_id, as everywhere.
func appendActor(b []byte, actor *broker.Identity) []byte {
	if actor == nil {
		return b
	}
	b = appendString(append(b, `,"act":{"sub":`...), actor.Subject.ID)
	if actor.Subject.Kind == broker.Program {
		b = appendString(append(b, `,"client_id":`...), actor.Subject.ID)
	}
	if actor.Token != nil && actor.Token.Session != "" {
		b = appendString(append(b, `,"sid":`...), actor.Token.Session)
	}
	return append(appendActor(b, actor.Actor), '}')
}

// appendSubject says whom the token speaks of. A guest's has the literal text
// "null" for a profile: deployed clients refuse a token without one.
func appendSubject(b []byte, id broker.Identity, jti []byte) []byte {
	if id.Subject.Kind == broker.Guest {
		b = append(append(b, `"sub":"`+guestPrefix...), jti...)
		return append(b, `","pid":"null"`...)
	}
	return appendProfile(b, id)
}

// appendProfile names a profile, and by which id it is known to whom. What another
// issuer calls somebody is their sub_id (RFC 9493 section 3.2.3).
func appendProfile(b []byte, id broker.Identity) []byte {
	b = appendString(append(b, `"sub":`...), id.PID)
	b = appendString(append(b, `,"pid":`...), id.PID)
	if id.Subject.Kind == broker.Customer {
		b = appendString(append(b, `,"customer_id":`...), id.Subject.ID)
	}
	if id.Issuer == "" {
		return b
	}
	b = appendString(append(b, `,"sub_id":{"format":"iss_sub","iss":`...), id.Issuer)
	b = appendString(append(b, `,"sub":`...), id.Subject.ID)
	return append(b, '}')
}

func shop(id broker.Identity) string {
	if id.Shop == nil {
		return ""
	}
	return id.Shop.Name
}

func writeBase64(to *strings.Builder, b []byte) {
	var room [700]byte
	to.Write(base64.RawURLEncoding.AppendEncode(room[:0], b))
}
