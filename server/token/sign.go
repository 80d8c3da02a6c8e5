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
	errNobody = errors.New("a token is for a customer with a profile and a method, in UTF-8")
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

	var token strings.Builder
	token.Grow(len(t.text) + base64.RawURLEncoding.EncodedLen(len(rest)) + 1 + m.active.encodedLen())
	token.WriteString(t.text)
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
	id, life := w.Identity, w.ExpiresAt.Unix()-w.IssuedAt.Unix()
	switch {
	case id.Subject.Kind != broker.Customer || id.Subject.ID == "" || id.PID == "" || id.Method == "",
		!utf8.ValidString(id.Subject.ID), !utf8.ValidString(id.PID), !utf8.ValidString(shop(id)):
		return errNobody
	case life < 1 || life > int64(broker.MaxTokenTTL/time.Second):
		return errLife
	}
	return nil
}

// appendClaims appends what differs from token to token. A claim goes here or
// into constantClaims and template, never into both.
func appendClaims(b []byte, w broker.Want) []byte {
	b = appendString(append(b, `"sub":`...), w.Identity.PID)
	b = appendString(append(b, `,"pid":`...), w.Identity.PID)
	b = appendString(append(b, `,"customer_id":`...), w.Identity.Subject.ID)
	b = strconv.AppendInt(append(b, `,"iat":`...), w.IssuedAt.Unix(), 10)
	b = strconv.AppendInt(append(b, `,"exp":`...), w.ExpiresAt.Unix(), 10)
	var jti [16]byte
	rand.Read(jti[:]) // never fails: it ends the process if the system has no randomness
	b = base64.RawURLEncoding.AppendEncode(append(b, `,"jti":"`...), jti[:])
	return append(b, `"}`...)
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
