package broker

import (
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Question is what a client asks of a person (RFC 6749 section 4.1.1, OpenID
// Connect Core section 3.1.2.1), as it came. Client, scopes and audience are the
// request's.
type Question struct {
	ResponseType    string
	ResponseMode    string
	Redirect        string
	State           string
	Challenge       string
	ChallengeMethod string
	Nonce           string
	Prompt          []string // none, login, consent, select_account
	MaxAge          string   // seconds since the person has signed in; empty: any
	Object          bool     // it comes as a signed object (RFC 9101)
	Reference       bool     // which is to be fetched
}

// Answer is what a person has said to a question, in a form that only we can have made.
type Answer struct {
	ID     string // of the question, by which the session is known afterwards; empty: nothing was said
	Scopes Scopes // that were agreed to
}

// Asker returns the client that asks, when the answer may be sent to where it
// asks for. Until then nobody must be redirected: an error is for the person.
func (t *Tenant) Asker(r *Request) (*Client, error) {
	client := t.Clients[r.Client.ID]
	switch {
	case client == nil || client.Disabled:
		return nil, ErrAsker
	case !client.sendsTo(r.Question.Redirect):
		return nil, ErrRedirect
	}
	return client, nil
}

// checkQuestion refuses what no person could say yes to: before anybody is
// bothered with signing in.
func (t *Tenant) checkQuestion(client *Client, r *Request) error {
	if err := r.Question.check(client); err != nil {
		return err
	}
	_, err := t.wanted(client, r)
	return err
}

// wanted are the scopes that a client asks a person for, which it has, for an
// audience that it has.
func (t *Tenant) wanted(client *Client, r *Request) (Scopes, error) {
	scopes, err := client.Scopes.Narrow(r.Scope)
	if err == nil {
		_, err = t.authorizeAudience(client, r.Audience)
	}
	return scopes, err
}

func (q *Question) check(client *Client) error {
	switch {
	case q.Object:
		return errObject
	case q.Reference:
		return errReference
	case q.ResponseType == "":
		return Refuse(InvalidRequest, "response_type is missing")
	case q.ResponseType != "code":
		return errResponseType
	case q.ResponseMode != "" && q.ResponseMode != "query":
		return errResponseMode
	case q.has("none") && len(q.Prompt) > 1:
		return errPrompt
	case q.MaxAge != "" && !number.MatchString(q.MaxAge):
		return errMaxAge
	case len(q.Nonce) > longestNonce || len(q.State) > longestState:
		return errLong
	}
	return q.checkChallenge(client)
}

const (
	longestNonce = 512
	longestState = 2048
)

var number = regexp.MustCompile(`^[0-9]{1,9}$`)

func (q *Question) has(prompt string) bool { return slices.Contains(q.Prompt, prompt) }

// Silent tells whether no page may be shown.
func (q *Question) Silent() bool { return q.has("none") }

// fresh tells whether somebody who has signed in then need not do so again.
func (q *Question) fresh(signedIn, now time.Time) bool {
	if q.has("login") || q.has("select_account") {
		return false
	}
	if q.MaxAge == "" {
		return true
	}
	seconds, err := strconv.Atoi(q.MaxAge)
	return err == nil && now.Sub(signedIn) <= time.Duration(seconds)*time.Second
}

var (
	// ErrAsker and ErrRedirect are shown to the person; nobody is redirected.
	ErrAsker    = Refuse(InvalidClient, "the application that sent you here is not known; go back and tell its makers")
	ErrRedirect = Refuse(InvalidRequest, "the application that sent you here wants you back at an address that is not registered for it; go back and tell its makers")

	errObject       = Refuse(UnsupportedObject, "request objects are not served here; send the parameters themselves")
	errReference    = Refuse(UnsupportedReference, "requests by reference are not served here; send the parameters themselves")
	errResponseType = Refuse(UnsupportedResponse, "response_type must be code")
	errResponseMode = Refuse(InvalidRequest, "response_mode must be query, or left out")
	errPrompt       = Refuse(InvalidRequest, "prompt none cannot be combined with others")
	errMaxAge       = Refuse(InvalidRequest, "max_age is a number of seconds")
	errLong         = Refuse(InvalidRequest, "state may have 2,048 bytes and nonce 512")

	// ErrSignIn says that the person has to sign in (again), ErrConsent that they
	// have to be asked.
	ErrSignIn  = Refuse(NeedsSignIn, "the person has to sign in")
	ErrConsent = Refuse(NeedsConsent, "the person has to be asked")
)
