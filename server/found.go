package main

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

// found is a token that somebody has come across, and what it is.
type found struct {
	kind      string
	id        string // empty: it has none
	client    string // that it was issued to; empty: to none
	subject   string // the user or client it speaks of; of a customer nothing
	expires   time.Time
	elsewhere bool // others may take it without asking here
	end       func(store.Tenant) error
}

var (
	errPart    = errors.New("that is only a part of a token of ours, or one with a slip: its checksum is wrong")
	errStrange = errors.New("that is no token of this tenant's: it may be another tenant's, or have ended long ago")
)

// find tells what a token is, by its look and then by what is known of it.
func find(a *app, t store.Tenant, text secret.Text) (found, error) {
	text = secret.New(strings.TrimSpace(text.Reveal()))
	switch {
	case hash.Plausible(hash.APIToken, text):
		return findAPIToken(a, t, text)
	case hash.Plausible(hash.AccessToken, text):
		return findOpaque(a, t, text)
	case hash.Plausible(hash.ClientSecret, text):
		return found{}, whoseSecret(a, t, text)
	case ours(text):
		return found{}, errPart
	}
	return findJWT(a, t, text)
}

func ours(text secret.Text) bool {
	return slices.ContainsFunc([]hash.Prefix{hash.APIToken, hash.AccessToken, hash.ClientSecret}, func(p hash.Prefix) bool {
		return strings.HasPrefix(text.Reveal(), string(p))
	})
}

func findAPIToken(a *app, t store.Tenant, text secret.Text) (found, error) {
	token, err := t.APITokenBySum(a.ctx, sum(text))
	if err != nil {
		return found{}, strange(err)
	}
	return found{
		kind: "API token", id: token.ID, client: token.Client, subject: token.User, expires: token.Expires,
		end: func(t store.Tenant) error { return t.RevokeAPIToken(a.ctx, token.ID, "", time.Now()) },
	}, nil
}

func findOpaque(a *app, t store.Tenant, text secret.Text) (found, error) {
	token, err := t.AccessTokenBySum(a.ctx, sum(text))
	if err != nil {
		return found{}, strange(err)
	}
	return found{
		kind: "opaque access token", client: token.Client, subject: token.Subject.ID, expires: token.Expires,
		end: func(t store.Tenant) error { _, err := t.RevokeAccessToken(a.ctx, sum(text), time.Now()); return err },
	}, nil
}

// whoseSecret is no token. That it was found is worth knowing all the same.
func whoseSecret(a *app, t store.Tenant, text secret.Text) error {
	clients, err := t.Clients(a.ctx)
	if err != nil {
		return err
	}
	for _, c := range clients {
		if slices.Contains(c.Sums, sum(text)) {
			return errors.New("that is no token but a live secret of the client " + c.ID + ": replace it with client rotate and client retire, and revoke what it was used for with token revoke --client")
		}
	}
	return errors.New("that is no token but a client's secret, and none of this tenant's clients has it live")
}

func strange(err error) error {
	if errors.Is(err, broker.ErrNotFound) {
		return errStrange
	}
	return err
}

// value is what it was, for programs and the audit.
func (f found) value() facts {
	value := facts{"kind": f.kind, "expires": stamp(f.expires)}
	for name, text := range map[string]string{"id": f.id, "client_id": f.client, "sub": f.subject} {
		if text != "" {
			value[name] = text
		}
	}
	return value
}

func (f found) text() string {
	text := "an " + f.kind
	if f.id != "" {
		text += " with the id " + f.id
	}
	if f.client != "" {
		text += ", issued to " + f.client
	}
	if f.subject != "" && f.subject != f.client {
		text += ", of " + f.subject
	}
	return text
}
