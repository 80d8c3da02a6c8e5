package broker

import (
	"crypto/rand"
	"slices"
	"time"
)

// AboutPerson are scopes that need not be granted to a user: they are about
// nothing but who signs in, and are asked for (OpenID Connect Core sections 5.4
// and 11). A client has them like all others.
var AboutPerson = Scopes{OpenID, "profile", "email", "offline_access"}

// OpenID is the scope of a client that wants to know who has signed in.
const OpenID = "openid"

// authorizeCode decides whether a person's browser is given a code for the client
// that asks. A scope that is not the client's is an error of the client's; one
// that is not the person's is left out. Nothing is given that the person has not
// agreed to, now or before.
func (t *Tenant) authorizeCode(w Want, rule Rule, r *Request, now time.Time) (_ Want, err error) {
	client := w.Identity.Client
	asked, err := t.wanted(client, r)
	if err != nil {
		return Want{}, err
	}
	w.Client, w.Audience, w.Scopes = client.ID, r.Audience, asked.Common(w.Identity.Scopes)
	switch {
	case !r.Question.fresh(w.Identity.SignedIn, now):
		return Want{}, ErrSignIn
	case len(asked) > 0 && len(w.Scopes) == 0:
		return Want{}, errNothingLeft
	case !agreed(w, r):
		return w, ErrConsent
	}
	w.Next, w.Said = begin(w, r, now), r.Answer.ID != ""
	return w.until(lasting(w, rule.MaxTTL))
}

// agreed tells whether the person has allowed the client all of that: in the form
// they have just sent, or before. What they said before counts only for clients
// that prove who they are, and is not asked again unless the client wants that.
func agreed(w Want, r *Request) bool {
	if r.Answer.ID != "" {
		return slices.Equal(r.Answer.Scopes, w.Scopes)
	}
	if w.Identity.Client.Public || r.Question.has("consent") || w.Identity.Agreed == nil {
		return false
	}
	return !slices.ContainsFunc(w.Scopes, func(name string) bool { return !w.Identity.Agreed.Cover(name) })
}

// begin is a session whose code has not been taken.
func begin(w Want, r *Request, now time.Time) *Session {
	s := &Session{
		ID: r.Answer.ID, Client: w.Client, Subject: w.Identity.Subject, Scopes: w.Scopes, Audience: w.Audience,
		Redirect: r.Question.Redirect, Challenge: r.Question.Challenge, Nonce: r.Question.Nonce,
		Method: w.Identity.Method, SignedIn: w.Identity.SignedIn, Started: now,
	}
	if s.ID == "" {
		s.ID = rand.Text()
	}
	rand.Read(s.Salt[:])
	s.Idle = rests(w.Identity.Client, now)
	if lasts := w.Identity.Client.Lasts; lasts != Forever {
		s.Expires = now.Add(lasts)
	}
	return s
}

// rests is when a session of the client ends that nothing happens in. One that
// lasts for ever may rest as long.
func rests(client *Client, now time.Time) time.Time {
	if client.Lasts == Forever {
		return time.Time{}
	}
	return now.Add(IdleSession)
}

var errNothingLeft = Refuse(AccessDenied, "the person may do nothing of what was asked for")
