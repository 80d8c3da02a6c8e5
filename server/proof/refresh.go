package proof

import (
	"context"
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// Refresh is a refresh token (RFC 6749 section 6). Each is good for one use; the
// last but one gives the same successor again for a moment, because answers get
// lost; and whoever comes with an older one ends the session (RFC 9700 section
// 4.14.2).
type Refresh struct {
	Sessions Sessions
	Now      func() time.Time
}

// Prove implements broker.Proof.
func (p Refresh) Prove(ctx context.Context, t *broker.Tenant, r *broker.Request) (broker.Identity, error) {
	s, generation, err := p.read(ctx, t, r.Bearer)
	switch {
	case err != nil:
		return broker.Identity{}, err
	case s.Client != r.Client.ID:
		return broker.Identity{}, broker.ErrGrant
	}
	id := standsFor(s, broker.ARefreshToken)
	id.Token.Generation = generation
	switch s.Stands(generation, t.Clients[s.Client].Grace, p.Now()) {
	case broker.Good, broker.Replaced:
		return id, nil
	case broker.Stolen:
		return broker.Identity{}, errors.Join(p.Sessions.End(ctx, t, s, "refresh token used again", r.ID), broker.ErrGrant)
	}
	return broker.Identity{}, broker.ErrGrant
}

// shown is a refresh token that somebody asks about, or ends.
func (p Refresh) shown(ctx context.Context, t *broker.Tenant, text secret.Text, replaced bool) (broker.Identity, error) {
	s, generation, err := p.read(ctx, t, text)
	switch {
	case err == broker.ErrGrant:
		return broker.Identity{}, broker.ErrToken
	case err != nil:
		return broker.Identity{}, err
	}
	if worth := s.Stands(generation, 0, p.Now()); worth != broker.Good && !(replaced && worth == broker.Stolen) {
		return broker.Identity{}, broker.ErrToken
	}
	id := standsFor(s, broker.ARefreshToken)
	id.Session = nil // nobody goes on with it
	return id, nil
}

// read finds the session of a refresh token that is ours, whatever it is worth by now.
func (p Refresh) read(ctx context.Context, t *broker.Tenant, text secret.Text) (broker.Session, int64, error) {
	id, generation, ok := broker.ReadRefresh(text)
	if !ok {
		return broker.Session{}, 0, broker.ErrGrant
	}
	s, err := p.Sessions.Session(ctx, t.Name, id)
	switch {
	case err != nil:
		return broker.Session{}, 0, unless(err, broker.ErrGrant)
	case !t.IsRefresh(text, s, generation):
		return broker.Session{}, 0, broker.ErrGrant
	}
	return s, generation, nil
}
