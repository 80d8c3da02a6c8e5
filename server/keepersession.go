package main

import (
	"context"
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/audit"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

// KeepSignIn implements broker.Keeper.
func (k keeper) KeepSignIn(ctx context.Context, t *broker.Tenant, w broker.Want) (string, error) {
	text := hash.NewSecret(hash.Cookie)
	w.ID = broker.OpaqueID(sum(text))
	err := k.saying(t, audit.Issue(w)).AddSignIn(ctx, sum(text), broker.SignIn{
		Subject: w.Identity.Subject, Method: w.Identity.Method, At: time.Now(), Expires: w.ExpiresAt,
	})
	if errors.Is(err, store.ErrNotFound) { // they are just being deleted
		return "", broker.ErrLogin
	}
	return text.Reveal(), refusal(err)
}

// EndSignIn implements broker.Keeper.
func (k keeper) EndSignIn(ctx context.Context, t *broker.Tenant, cookie secret.Text) error {
	return refusal(k.store.In(t.Name).EndSignIn(ctx, sum(cookie)))
}

// KeepCode implements broker.Keeper.
func (k keeper) KeepCode(ctx context.Context, t *broker.Tenant, w broker.Want) (string, error) {
	text := hash.NewSecret(hash.Code)
	w.ID = w.Next.ID
	err := k.saying(t, audit.Issue(w)).AddSession(ctx, *w.Next, sum(text), w.ExpiresAt, w.Said)
	switch {
	case errors.Is(err, store.ErrExists):
		return "", broker.ErrAnswered
	case errors.Is(err, store.ErrUnsaid):
		return "", broker.ErrConsent
	case errors.Is(err, store.ErrNotFound): // they, or the client, are just being deleted
		return "", broker.ErrSignIn
	}
	return text.Reveal(), refusal(err)
}

// Advance implements broker.Keeper.
func (k keeper) Advance(ctx context.Context, t *broker.Tenant, w broker.Want) (string, error) {
	var text secret.Text
	var kept *store.NewAccessToken
	if w.Identity.Client.Opaque {
		text = hash.NewSecret(hash.AccessToken)
		w.ID = broker.OpaqueID(sum(text))
		kept = &store.NewAccessToken{Sum: sum(text), AccessToken: broker.AccessToken{
			Client: w.Client, Subject: w.Identity.Subject, Scopes: w.Scopes, Audience: w.Audience, Session: w.Next.ID,
			Method: w.Identity.Method, Issued: w.IssuedAt, Expires: w.ExpiresAt,
		}}
	}
	err := k.saying(t, audit.Issue(w)).MoveSession(ctx, *w.Session, *w.Next, kept)
	if errors.Is(err, broker.ErrConflict) {
		return "", err
	}
	return text.Reveal(), refusal(err)
}

// Bind implements broker.Keeper.
func (k keeper) Bind(ctx context.Context, t *broker.Tenant, session string, until time.Time) error {
	return refusal(k.store.In(t.Name).BindToSession(ctx, session, until))
}

// Consents implements broker.Keeper.
func (k keeper) Consents(ctx context.Context, t *broker.Tenant, user string) ([]broker.Consent, error) {
	list, err := k.store.In(t.Name).Consents(ctx, user)
	return list, refusal(err)
}

// Disallow implements broker.Keeper.
func (k keeper) Disallow(ctx context.Context, t *broker.Tenant, user, client, requestID string) error {
	in, now := k.saying(t, audit.Disallow(user, client, requestID)), time.Now()
	list, err := in.Sessions(ctx, user)
	if err != nil {
		return refusal(err)
	}
	until := lastOfAll(t, list, client, now)
	err = in.EndSessions(ctx, client, user, now, until)
	if errors.Is(err, store.ErrTooMany) { // more sessions than servers can know of: all of this person's end, and then what is left
		err = errors.Join(in.RevokeUserTokens(ctx, user, now), in.EndSessions(ctx, client, user, now, time.Time{}))
	}
	return refusal(err)
}

// lastOfAll is lastJWT for all sessions with a client.
func lastOfAll(t *broker.Tenant, list []broker.Session, client string, now time.Time) (until time.Time) {
	for _, s := range list {
		if last := lastJWT(t, s, now); s.Client == client && last.After(until) {
			until = last
		}
	}
	return until
}

// KeepClient implements broker.Keeper.
func (k keeper) KeepClient(ctx context.Context, t *broker.Tenant, c broker.Client, by broker.Identity) (broker.Client, secret.Text, error) {
	c.ID = newID("client_")
	var text secret.Text
	var stored *broker.Digest
	if !c.Public {
		text = hash.NewSecret(hash.ClientSecret)
		stored = new(sum(text))
	}
	err := k.saying(t, audit.Command("client register", by.Subject.ID, describeClient(c))).AddClient(ctx, c, stored)
	return c, text, refusal(err)
}
