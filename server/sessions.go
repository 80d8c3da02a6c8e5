package main

import (
	"context"
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/audit"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// sessions implements proof.Sessions.
type sessions struct{ keeper }

// ByCode implements proof.Sessions.
func (s sessions) ByCode(ctx context.Context, tenant string, code broker.Digest) (broker.Session, error) {
	return s.store.In(tenant).SessionByCode(ctx, code, time.Now())
}

// Session implements proof.Sessions.
func (s sessions) Session(ctx context.Context, tenant, id string) (broker.Session, error) {
	return s.store.In(tenant).Session(ctx, id)
}

// End implements proof.Sessions.
func (s sessions) End(ctx context.Context, t *broker.Tenant, session broker.Session, why, requestID string) error {
	return s.end(ctx, t, session.ID, audit.End(session, why, requestID))
}

// end ends a session, with all JWTs that it has yielded until now.
func (k keeper) end(ctx context.Context, t *broker.Tenant, id, line string) error {
	in, now := k.saying(t, line), time.Now()
	session, err := in.Session(ctx, id)
	if err == nil {
		err = in.EndSession(ctx, id, now, lastJWT(t, session, now))
	}
	switch {
	case errors.Is(err, store.ErrTooMany): // more sessions than servers can know of: all of this person's end
		err = in.RevokeUserTokens(ctx, session.Subject.ID, now)
	case errors.Is(err, store.ErrNotFound): // it has gone by itself
		err = nil
	}
	return refusal(err)
}

// lastJWT is when the last JWT ends that a session may have yielded by now, or
// yields by a request that is under way; zero: it has none.
func lastJWT(t *broker.Tenant, s broker.Session, now time.Time) time.Time {
	c := t.Clients[s.Client]
	if c == nil || c.Opaque {
		return s.JWTs
	}
	if soon := now.Add(c.TokenTTL + underWay); soon.After(s.JWTs) {
		return soon
	}
	return s.JWTs
}

const underWay = time.Minute
