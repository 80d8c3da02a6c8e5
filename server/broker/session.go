package broker

import (
	"slices"
	"time"
)

// Session is what a person has allowed a client: one thing from their consent
// until it ends, whatever code, refresh tokens and access tokens stand for it.
type Session struct {
	ID        string // 128 random bits or more; made with the question that was consented to
	Client    string
	Subject   Subject
	Scopes    Scopes
	Audience  []string // nil: the tenant's own
	Redirect  string   // where the code was sent
	Challenge string   // PKCE S256 (RFC 7636); empty: none
	Nonce     string   // of OpenID Connect; may be empty
	Method    Method   // how the person signed in
	SignedIn  time.Time
	Salt      [16]byte // of its refresh tokens
	Started   time.Time
	Expires   time.Time // zero: never
	Idle      time.Time // it ends then if nothing happens; zero: never

	// What changes. Each change names what it was before: of two at once, one wins.
	Generation int64     // of the refresh token that counts; 0: the code has not been taken
	Rotated    time.Time // when that was made
	Repeated   int       // how often it has been given again to who came with the one before it
	JWTs       time.Time // when the last of its JWTs ends; zero: it has had none
	Revoked    time.Time // zero: it is not
}

// SignIn is a person who has signed in at the tenant's pages, in one browser.
type SignIn struct {
	Subject Subject
	Method  Method
	At      time.Time
	Expires time.Time
}

// Consent is what a person has allowed a client, to be remembered.
type Consent struct {
	Client string
	Scopes Scopes
	At     time.Time // when it was last said
}

// RevokedSession is what stands among a tenant's revoked tokens for all JWTs of
// a session. No jti has a colon.
func RevokedSession(id string) string { return "session:" + id }

// ended tells whether the session is over, and nothing comes of it any more.
func (s Session) ended(now time.Time) bool {
	return !s.Revoked.IsZero() || past(s.Expires, now) || past(s.Idle, now)
}

func past(end, now time.Time) bool { return !end.IsZero() && !now.Before(end) }

// Standing is what a refresh token is worth.
type Standing uint8

// A refresh token that is stale has been replaced and comes too late, or for the
// second time too often; one that was used before that is stolen, or its thief is
// who has come since (RFC 9700 section 4.14.2).
const (
	Stale Standing = iota
	Stolen
	Good
	Replaced // its successor may be given again
)

// mostRepeats is how often that may be.
const mostRepeats = 3

// Stands tells what the refresh token of a generation is worth now, when a lost
// answer can be asked for again during grace.
func (s Session) Stands(generation int64, grace time.Duration, now time.Time) Standing {
	switch {
	case s.ended(now) || s.Generation == 0 || generation > s.Generation:
		return Stale
	case generation == s.Generation:
		return Good
	case generation == s.Generation-1 && now.Sub(s.Rotated) < min(grace, MaxGrace):
		if s.Repeated < mostRepeats {
			return Replaced
		}
		return Stale
	}
	return Stolen
}

// authorizeSession narrows a session to what is asked for of it, and moves it on.
func (t *Tenant) authorizeSession(w Want, rule Rule, r *Request, now time.Time) (_ Want, err error) {
	id, client := w.Identity, w.Identity.Client
	next := *id.Session
	w.Client, w.Session, w.Next = client.ID, id.Session, &next
	if w.Scopes, err = id.Scopes.Common(client.Scopes).Narrow(r.Scope); err != nil {
		return Want{}, err
	}
	if w.Audience, err = t.narrowAudience(client, id.Audience, r.Audience); err != nil {
		return Want{}, err
	}
	next.Idle = rests(client, now)
	w.Identity.NotAfter = earlier(id.NotAfter, next.Idle)
	next.turn(id.Token.Generation, now)
	end := lasting(w, min(rule.MaxTTL, client.TokenTTL))
	if !end.IsZero() && !end.After(w.IssuedAt) { // in the session's last second
		return Want{}, ErrGrant
	}
	if !client.Opaque {
		next.JWTs = later(next.JWTs, end)
	}
	return w.until(end)
}

// turn goes on to the next refresh token, or counts that it was given again.
func (s *Session) turn(generation int64, now time.Time) {
	if generation < s.Generation {
		s.Repeated++
		return
	}
	s.Generation, s.Rotated, s.Repeated = s.Generation+1, now, 0
}

// narrowAudience is what was named when the person was sent here, or some of it
// (RFC 8707 section 2.2), as far as the client has it today. Where none was named
// it is the tenant's own.
func (t *Tenant) narrowAudience(client *Client, granted, asked []string) ([]string, error) {
	if len(asked) == 0 {
		asked = granted
	}
	if len(granted) == 0 {
		granted = t.Audience
	}
	for _, audience := range asked {
		if !slices.Contains(granted, audience) {
			return nil, errNotNamed
		}
	}
	return t.authorizeAudience(client, asked)
}

// later is the second of two moments.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

var errNotNamed = Refuse(InvalidTarget, "the audience is not one that was named when the person was sent here; name it there")
