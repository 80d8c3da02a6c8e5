package audit

import (
	"encoding/json"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// line is what stands in the audit. No token, secret or password does, and of a
// customer only the profile id.
type line struct {
	Act     string         `json:"act"`                  // issue, enable, revoke, or a command such as "client create"
	By      string         `json:"by,omitempty"`         // of a command: who ran it, and where
	Grant   string         `json:"grant,omitempty"`      // how it was asked for
	Request string         `json:"request_id,omitempty"` // as in the answer and the log
	Client  string         `json:"client_id,omitempty"`
	Subject string         `json:"sub,omitempty"`
	Issuer  string         `json:"sub_iss,omitempty"`    // by whose word, where it is not ours
	App     string         `json:"app,omitempty"`        // somebody else's, that learns who the subject is
	Actor   string         `json:"actor,omitempty"`      // who spoke for the subject
	With    string         `json:"with_token,omitempty"` // the id of the token that was brought for it
	Token   string         `json:"token,omitempty"`      // its id: a JWT's jti, an API token's id
	Scope   string         `json:"scope,omitempty"`
	Aud     []string       `json:"aud,omitempty"`
	Session string         `json:"sid,omitempty"` // what it comes from, and ends with
	Why     string         `json:"why,omitempty"`
	Ends    string         `json:"expires,omitempty"` // RFC 3339; left out: never
	About   map[string]any `json:"about,omitempty"`
}

// Issue is the line of a token, or of an app that is told again who somebody is.
func Issue(w broker.Want) string { return lineOf("issue", w).text() }

// Enable is the line of an app that somebody has enabled.
func Enable(w broker.Want) string { return lineOf("enable", w).text() }

func lineOf(act string, w broker.Want) line {
	l := line{
		Act: act, Grant: string(w.Grant), Request: w.RequestID, Client: w.Client,
		Subject: subject(w.Identity), Token: w.ID, Scope: w.Scopes.String(), Aud: w.Audience, Ends: end(w.ExpiresAt),
		Session: w.SessionID(),
		Issuer:  w.Identity.Issuer,
	}
	if w.App != nil {
		l.App = w.App.ID
	}
	brought := w.Identity.Token
	if w.Identity.Actor != nil {
		l.Actor, brought = subject(*w.Identity.Actor), w.Identity.Actor.Token
	}
	if brought != nil {
		l.With = brought.ID
	}
	return l
}

// Revoke is the line of a token that its client or its user has ended.
func Revoke(token *broker.Shown, requestID, by string) string {
	return line{Act: "revoke", By: by, Request: requestID, Client: token.Client, Token: token.ID, Session: token.Session, Ends: end(token.Expires)}.text()
}

// End is the line of a session that was ended because somebody misused it.
func End(s broker.Session, why, requestID string) string {
	return line{Act: "end session", Request: requestID, Client: s.Client, Subject: s.Subject.ID, Session: s.ID, Why: why}.text()
}

// Disallow is the line of a person who has taken back what a client was allowed.
func Disallow(user, client, requestID string) string {
	return line{Act: "disallow", By: user, Request: requestID, Client: client, Subject: user}.text()
}

// Command is the line of an act of administration. about names what it was done
// to, and no secret.
func Command(act, by string, about map[string]any) string {
	return line{Act: act, By: by, About: about}.text()
}

func (l line) text() string {
	b, _ := json.Marshal(l) // if it fails, nothing: the store refuses that, and what cannot be said is not done
	return string(b)
}

// subject is whom a token speaks of: a customer by the profile's id alone.
func subject(id broker.Identity) string {
	switch id.Subject.Kind {
	case broker.Customer:
		return id.PID
	case broker.Guest:
		return "anonymous"
	}
	return id.Subject.ID
}

func end(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
