package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/server/audit"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/store"
)

// keeper implements broker.Keeper: what it does and what the audit says of it
// are one transaction.
type keeper struct {
	store  *store.Store
	writer string // in whose chains of the audit it is said
}

// KeepAccess implements broker.Keeper.
func (k keeper) KeepAccess(ctx context.Context, t *broker.Tenant, w broker.Want) (string, error) {
	text := hash.NewSecret(hash.AccessToken)
	w.ID = broker.OpaqueID(sum(text))
	err := k.saying(t, audit.Issue(w)).KeepAccessToken(ctx, sum(text), broker.AccessToken{
		Client: w.Client, Subject: w.Identity.Subject, Scopes: w.Scopes, Audience: w.Audience,
		Session: w.SessionID(), Method: w.Identity.Method, Issued: w.IssuedAt, Expires: w.ExpiresAt,
	})
	return text.Reveal(), refusal(err)
}

// KeepAPIToken implements broker.Keeper.
func (k keeper) KeepAPIToken(ctx context.Context, t *broker.Tenant, w broker.Want) (string, error) {
	text := hash.NewSecret(hash.APIToken)
	err := k.saying(t, audit.Issue(w)).AddAPIToken(ctx, broker.APIToken{
		ID: w.ID, User: w.Identity.Subject.ID, Client: w.Client, Name: w.Name, Scopes: w.Scopes, Made: w.IssuedAt, Expires: w.ExpiresAt,
	}, sum(text))
	return text.Reveal(), refusal(err)
}

// End implements broker.Keeper.
func (k keeper) End(ctx context.Context, t *broker.Tenant, token *broker.Shown, requestID, by string) error {
	line := audit.Revoke(token, requestID, by)
	if token.Session != "" && !token.Exchanged { // whoever gives one back gives all back (RFC 7009 section 2.1)
		return k.end(ctx, t, token.Session, line)
	}
	in := k.saying(t, line)
	switch token.Kind {
	case broker.AnAPIToken:
		return unknown(in.RevokeAPIToken(ctx, token.ID, token.User, time.Now()))
	case broker.AnOpaqueToken:
		_, err := in.RevokeAccessToken(ctx, token.Sum, time.Now())
		return refusal(err)
	}
	err := in.RevokeJWT(ctx, token.ID, token.Client, token.Expires)
	if errors.Is(err, store.ErrTooMany) && token.Client != "" {
		// All of the client's up to this one: it has ended a thousand one by one.
		err = in.RevokeClientTokens(ctx, token.Client, token.Issued.Add(time.Second))
	}
	return refusal(err)
}

// mostListed bounds an answer.
const mostListed = 1000

// APITokens implements broker.Keeper.
func (k keeper) APITokens(ctx context.Context, t *broker.Tenant, user string) ([]broker.APIToken, error) {
	list, err := k.store.In(t.Name).APITokens(ctx, user, broker.APIToken{}, mostListed)
	return list, refusal(err)
}

func (k keeper) saying(t *broker.Tenant, line string) store.Tenant {
	return k.store.In(t.Name).As(store.Act{Writer: k.writer, Line: line})
}

// refusal is what a caller learns of an error of the store's: nothing was done.
func refusal(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrTooMany):
		return errManyRevoked.Because(err)
	case errors.Is(err, store.ErrNotFound):
		return broker.ErrToken.Because(err)
	}
	return errStore.Because(fmt.Errorf("keeping a token: %w", err))
}

func unknown(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errNoAPIToken
	}
	return refusal(err)
}

var (
	errNoAPIToken  = broker.Refuse(broker.NotFound, "you have no API token of that id")
	errStore       = broker.Refuse(broker.Unavailable, "the service cannot write to its database at the moment, and nothing was done; try again").After(time.Second)
	errManyRevoked = broker.Refuse(broker.Unavailable,
		"too many JWTs of this tenant are revoked one by one: revoke all of a client's or a user's with: shapestoken token revoke TENANT --client ID").After(time.Minute)
)
