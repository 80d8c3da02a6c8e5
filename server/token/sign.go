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
	case !whole(id) || id.Method == "",
		!utf8.ValidString(id.Subject.ID), !utf8.ValidString(id.PID), !utf8.ValidString(shop(id)):
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

// whole tells whether the identity names whom a token can speak of: a customer
// has an id and a profile, a guest neither.
func whole(id broker.Identity) bool {
	switch id.Subject.Kind {
	case broker.Customer:
		return id.Subject.ID != "" && id.PID != ""
	case broker.Guest:
		return id.Subject.ID == "" && id.PID == ""
	}
	return false
}

// appendClaims appends what differs from token to token. A claim goes here or
// into constantClaims and template, never into both.
func appendClaims(b []byte, w broker.Want) []byte {
	var room [32]byte
	jti := appendID(room[:0], w.ID)

	b = appendSubject(b, w.Identity, jti)
	b = appendActor(b, w.Identity.Actor)
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

// appendActor says who speaks for the subject (RFC 8693 section 4.1).
func appendActor(b []byte, actor *broker.Identity) []byte {
	if actor == nil {
		return b
	}
	b = appendString(append(b, `,"act":{"sub":`...), actor.Subject.ID)
	return append(b, '}')
}

// appendSubject says whom the token speaks of. A guest's has the literal text
// "null" for a profile: deployed clients refuse a token without one.
func appendSubject(b []byte, id broker.Identity, jti []byte) []byte {
	if id.Subject.Kind == broker.Guest {
		b = append(append(b, `"sub":"`+guestPrefix...), jti...)
		return append(b, `","pid":"null"`...)
	}
	b = appendString(append(b, `"sub":`...), id.PID)
	b = appendString(append(b, `,"pid":`...), id.PID)
	return appendString(append(b, `,"customer_id":`...), id.Subject.ID)
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
