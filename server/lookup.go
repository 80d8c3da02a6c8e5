package main

import (
	"context"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

// lookup is the store as proofs see it: what stands behind a token, and whose
// profile it is.
type lookup struct{ *store.Store }

func (l lookup) APIToken(ctx context.Context, tenant string, sum broker.Digest) (broker.APIToken, error) {
	return l.In(tenant).APITokenBySum(ctx, sum)
}

func (l lookup) AccessToken(ctx context.Context, tenant string, sum broker.Digest) (broker.AccessToken, error) {
	return l.In(tenant).AccessTokenBySum(ctx, sum)
}

func (l lookup) SignIn(ctx context.Context, tenant string, cookie broker.Digest) (broker.SignIn, error) {
	return l.In(tenant).SignIn(ctx, cookie)
}

func (l lookup) Consent(ctx context.Context, tenant, user, client string) (broker.Consent, error) {
	return l.In(tenant).Consent(ctx, user, client)
}

// shopifyHandle is what other systems call a Shopify customer's id.
const shopifyHandle = "shopify"

func (l lookup) Profiles(ctx context.Context, tenant string, who broker.ProfileRef) ([]broker.Profile, error) {
	switch who.Handle {
	case "":
		return l.In(tenant).Profile(ctx, who.ID)
	case shopifyHandle:
		return l.In(tenant).ProfilesOf(ctx, broker.CustomerRef{ID: who.ID})
	}
	return nil, broker.ErrNotFound
}

// ledger is the store as the limits see it.
type ledger struct{ *store.Store }

func (l ledger) Attempt(ctx context.Context, tenant string, now time.Time, keys ...broker.Digest) (time.Duration, error) {
	return l.In(tenant).Attempt(ctx, now, keys...)
}

func (l ledger) Failed(ctx context.Context, tenant string, key broker.Digest, now time.Time, b broker.Backoff) (time.Time, error) {
	return l.In(tenant).Failed(ctx, key, now, b)
}

func (l ledger) Succeeded(ctx context.Context, tenant string, key broker.Digest, now time.Time) (time.Duration, error) {
	return l.In(tenant).Succeeded(ctx, key, now)
}

// kindOf tells by a token's look what it can be at most. What was copied only in
// part is none of ours: the store is not asked.
func kindOf(text secret.Text) broker.TokenKind {
	switch {
	case hash.Plausible(hash.APIToken, text):
		return broker.AnAPIToken
	case strings.HasPrefix(text.Reveal(), broker.RefreshPrefix):
		return broker.ARefreshToken
	case hash.Plausible(hash.AccessToken, text):
		return broker.AnOpaqueToken
	}
	return broker.AnAccessToken
}

func sum(text secret.Text) broker.Digest { return hash.Sum(text) }
