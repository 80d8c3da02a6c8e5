package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// mostOfPair bounds the living sessions of one person with one client, so that
// nobody who is sent here again and again piles them up.
const mostOfPair = 100

// errHeard says that servers have to hear of what ends.
var errHeard = errors.New("a session ends of which there are JWTs")

// ban has servers refuse the JWTs of a session, of which the last ends then.
type ban func(session string, until time.Time) error

// room ends sessions as [Tenant.EndSession] does, so that there is room for this
// one: first those of which nothing has ever come, then those of which nothing has
// come for the longest. The caller holds the client and the person. Whoever is just
// moving one of them is waited for, so that it is known when its last JWT ends.
func (t Tenant) room(ctx context.Context, tx *sql.Tx, s broker.Session, ban ban) error {
	now := t.store.Now()
	ended, err := all(ctx, tx, readEnded,
		`UPDATE session SET revoked = $1 WHERE tenant = $2 AND revoked IS NULL AND id IN
			(SELECT id FROM session WHERE tenant = $2 AND client = $3 AND kind = $4 AND subject = $5 AND revoked IS NULL AND (ends IS NULL OR ends > $1)
			ORDER BY generation > 0 DESC, COALESCE(rotated, started) DESC, id DESC LIMIT $6 OFFSET $7)
		RETURNING id, generation, jwts, bound`,
		now.UnixMicro(), t.name, s.Client, kinds[s.Subject.Kind], s.Subject.ID, mostOfPair, mostOfPair-1)
	if err != nil {
		return err
	}
	for _, e := range ended {
		if err := t.endTokens(ctx, tx, e.id, now); err != nil {
			return err
		}
		if e.until.UnixMicro() <= t.alive() {
			continue
		}
		if err := ban(e.id, e.until); err != nil {
			return err
		}
	}
	return nil
}
