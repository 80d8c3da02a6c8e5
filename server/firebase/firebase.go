// Package firebase signs people in at a Firebase project by its REST API
// (Identity Toolkit), so that no page of ours needs a foreign script.
package firebase

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// Default is where the REST API of all projects is.
const Default = "https://identitytoolkit.googleapis.com"

const patience = 5 * time.Second // a person waits

// Client asks Firebase. It is safe for concurrent use.
type Client struct {
	// HTTP makes the calls: an *outbound.Client, which bounds them. Its errors
	// quote no query, where the key stands.
	HTTP interface {
		Do(*http.Request) (*http.Response, error)
	}
	Base string // empty: Default
}

// What a person is told. Whether there is such an account, nobody is.
var (
	ErrLogin  = broker.Refuse(broker.InvalidGrant, "the e-mail address or the password is wrong")
	ErrMany   = broker.Refuse(broker.RateLimited, "too many wrong passwords were tried for this account; wait some minutes, or reset the password").After(time.Minute)
	ErrSecond = broker.Refuse(broker.AccessDenied, "this account has a second factor, which cannot be shown here; sign in another way")
	ErrAway   = broker.Refuse(broker.Unavailable, "nobody can be signed in at the moment; try again later").After(10 * time.Second)
)

// question is what accounts:signInWithPassword takes
// (cloud.google.com/identity-platform, "accounts.signInWithPassword").
type question struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	Secure   bool   `json:"returnSecureToken"` // always: else there is no ID token
}

// said is its answer, or what is wrong.
type said struct {
	IDToken string `json:"idToken"`
	Pending string `json:"mfaPendingCredential"` // a second factor is wanted
	Error   struct {
		Message string `json:"message"`
	} `json:"error"`
}

// SignIn returns the ID token of whom the login and the password are of, in the
// project that has the key. The errors are the four above; the cause says "it" of
// Firebase.
func (c *Client) SignIn(ctx context.Context, key secret.Text, login broker.Login) (idToken secret.Text, err error) {
	if login.Name == "" || login.Password.Empty() {
		return secret.Text{}, ErrLogin
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := c.ask(ctx, key, question{login.Name, login.Password.Reveal(), true})
	switch {
	case err != nil:
		return secret.Text{}, ErrAway.Because(err)
	case answer.Error.Message != "":
		return secret.Text{}, refusal(answer.Error.Message)
	case answer.IDToken == "" && answer.Pending != "":
		return secret.Text{}, ErrSecond
	case answer.IDToken == "":
		return secret.Text{}, ErrAway.Because(errStrange)
	}
	return secret.New(answer.IDToken), nil
}

var (
	errStrange = errors.New("it has answered with neither a token nor an error")
	errAddress = errors.New("the address of the sign-in cannot be read")
)

func (c *Client) ask(ctx context.Context, key secret.Text, q question) (answer said, err error) {
	body, err := json.Marshal(q)
	if err != nil {
		return said{}, err
	}
	base := c.Base
	if base == "" {
		base = Default
	}
	address := strings.TrimSuffix(base, "/") + "/v1/accounts:signInWithPassword?key=" + url.QueryEscape(key.Reveal())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return said{}, errAddress // err quotes it
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "shapestoken")
	got, err := c.HTTP.Do(r)
	if err != nil {
		return said{}, err
	}
	defer func() { _ = got.Body.Close() }()
	err = json.NewDecoder(got.Body).Decode(&answer)
	if ok := got.StatusCode == http.StatusOK; err != nil || ok != (answer.Error.Message == "") {
		return said{}, fmt.Errorf("it has answered with status %d and no JSON of its own", got.StatusCode)
	}
	return answer, nil
}
