package store

import (
	"context"
	"crypto/sha256"
	"time"
)

// BurnAssertion uses up the jti of a client's assertion (RFC 7523), which is good
// until then. fresh is true to the first of those who do so; false afterwards, for
// an hour longer than it is good, and where there is no such tenant. It is one statement.
func (t Tenant) BurnAssertion(ctx context.Context, client, jti string, until time.Time) (fresh bool, err error) {
	sum := sha256.Sum256([]byte(jti))
	n, err := exec(ctx, t.store.writes,
		`INSERT INTO used_assertion (tenant, client, sum, until) SELECT name, $1, $2, $3 FROM tenant WHERE name = $4
		ON CONFLICT DO NOTHING`, client, sum[:], until.UnixMicro(), t.name)
	return n > 0, err
}

func (s *Store) sweepAssertions(ctx context.Context, before int64) error {
	return s.erase(ctx, `DELETE FROM used_assertion WHERE (tenant, client, sum) IN
		(SELECT u.tenant, u.client, u.sum FROM tenant CROSS JOIN used_assertion u WHERE u.tenant = tenant.name AND u.until < $1 LIMIT $2)`, before)
}
