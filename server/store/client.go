package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// AddClient stores a client (its Sums are not looked at; with a zero Created,
// the clock's time) and the SHA-256 of its first secret, or nil if it has none.
// The error is [ErrExists], or [ErrPublic] for a public one with a secret.
func (t Tenant) AddClient(ctx context.Context, c broker.Client, sum *broker.Digest) error {
	if c.Public && sum != nil {
		return ErrPublic
	}
	if c.Created.IsZero() {
		c.Created = t.store.Now()
	}
	return t.configure(ctx, func(tx *sql.Tx) error {
		err := must(ctx, tx, ErrExists,
			`INSERT INTO client (tenant, id, name, public, disabled, grants, scopes, audiences, opaque, token_ttl, redirects, lasts, grace,
				jwks_url, since, created)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING`,
			t.name, c.ID, c.Name, flag(c.Public), flag(c.Disabled), writeList(granted(c.Grants)), writeList(c.Scopes), writeList(c.Audiences),
			flag(c.Opaque), span(c.TokenTTL), writeList(c.Redirects), span(c.Lasts), c.Grace.Microseconds(),
			c.JWKSURL, nullable(c.Since), c.Created.UnixMicro())
		if err != nil || sum == nil {
			return err
		}
		_, err = exec(ctx, tx, `INSERT INTO client_secret (tenant, client, number, sum, made) VALUES ($1, $2, 1, $3, $4)`,
			t.name, c.ID, sum[:], t.store.Now().UnixMicro())
		return err
	})
}

// Clients returns the tenant's clients, by id.
func (t Tenant) Clients(ctx context.Context) (list []broker.Client, err error) {
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		list, err = t.clients(ctx, tx)
		return err
	})
	return list, err
}

// ChangeClient lets edit change what a client may do: its name, grants, scopes,
// audiences, redirects, its JWKS URL, and what its access tokens and its sessions
// are like. If edit returns an error, that is returned and nothing has changed.
// Edit runs in the transaction: it must neither take its time nor ask the store.
// The error is [ErrNotFound] if there is no such client.
func (t Tenant) ChangeClient(ctx context.Context, id string, edit func(*broker.Client) error) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		list, err := t.clients(ctx, tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(c broker.Client) bool { return c.ID == id })
		if i < 0 {
			return ErrNotFound
		}
		if err := edit(&list[i]); err != nil {
			return err
		}
		return t.updateClient(ctx, tx, id, list[i])
	})
}

func (t Tenant) updateClient(ctx context.Context, tx *sql.Tx, id string, c broker.Client) error {
	return must(ctx, tx, ErrNotFound,
		`UPDATE client SET name = $1, grants = $2, scopes = $3, audiences = $4, opaque = $5, token_ttl = $6, redirects = $7, lasts = $8,
			grace = $9, jwks_url = $10
		WHERE tenant = $11 AND id = $12`,
		c.Name, writeList(granted(c.Grants)), writeList(c.Scopes), writeList(c.Audiences), flag(c.Opaque), span(c.TokenTTL),
		writeList(c.Redirects), span(c.Lasts), c.Grace.Microseconds(), c.JWKSURL, t.name, id)
}

// SetClientDisabled lets a client do nothing any more, or again. The error is
// [ErrNotFound] if there is no such client.
func (t Tenant) SetClientDisabled(ctx context.Context, id string, disabled bool) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound, `UPDATE client SET disabled = $1 WHERE tenant = $2 AND id = $3`, flag(disabled), t.name, id)
	})
}

// DeleteClient erases a client, and with it its secrets, its access tokens, its
// sessions and what users have allowed it, or returns [ErrNotFound]. API tokens
// are their users' and stay.
func (t Tenant) DeleteClient(ctx context.Context, id string) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		if err := must(ctx, tx, ErrNotFound, `UPDATE client SET disabled = 1 WHERE tenant = $1 AND id = $2`, t.name, id); err != nil {
			return err
		}
		now := t.store.Now()
		err := t.banBound(ctx, tx, `UPDATE session SET revoked = $1 WHERE tenant = $2 AND client = $3 AND revoked IS NULL RETURNING id, bound`,
			now.UnixMicro(), t.name, id)
		if err != nil {
			return err
		}
		if err := must(ctx, tx, ErrNotFound, `DELETE FROM client WHERE tenant = $1 AND id = $2`, t.name, id); err != nil {
			return err
		}
		return t.revokeClient(ctx, tx, id, now)
	})
}

// RevokeClientTokens revokes all access tokens that a client got before a
// moment: JWTs by its Since, which never goes back, and all opaque ones there
// are. The sessions that began before it end, too; a JWT that such a one has got
// since lives on. The error is [ErrNotFound] if there is no such client.
//
// An opaque token that is just being stored may escape, if it is of no session. So
// whoever accepts one compares Since with it, too.
func (t Tenant) RevokeClientTokens(ctx context.Context, id string, at time.Time) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		err := must(ctx, tx, ErrNotFound,
			`UPDATE client SET since = CASE WHEN since > $1 THEN since ELSE $1 END WHERE tenant = $2 AND id = $3`, at.UnixMicro(), t.name, id)
		if err != nil {
			return err
		}
		return t.revokeClient(ctx, tx, id, at)
	})
}

func (t Tenant) clients(ctx context.Context, tx *sql.Tx) ([]broker.Client, error) {
	list, err := all(ctx, tx, readClient,
		`SELECT id, name, public, disabled, grants, scopes, audiences, opaque, token_ttl, redirects, lasts, grace, jwks_url, since, created
		FROM client WHERE tenant = $1 ORDER BY id`, t.name)
	if err != nil {
		return nil, err
	}
	sums, err := t.sums(ctx, tx)
	for i := range list {
		list[i].Sums = sums[list[i].ID]
	}
	return list, err
}

func readClient(scan scan) (c broker.Client, err error) {
	var grants, scopes, audiences, redirects string
	var ttl, lasts, grace, created int64
	var since sql.NullInt64
	err = scan(&c.ID, &c.Name, &c.Public, &c.Disabled, &grants, &scopes, &audiences, &c.Opaque, &ttl, &redirects, &lasts, &grace,
		&c.JWKSURL, &since, &created)
	if err != nil {
		return broker.Client{}, err
	}
	c.TokenTTL, c.Lasts, c.Grace = readSpan(ttl), readSpan(lasts), duration(grace)
	c.Since, c.Created = maybe(since), moment(created)
	allowed, err1 := readList[broker.GrantType](grants)
	for _, grant := range allowed {
		if c.Grants == nil {
			c.Grants = map[broker.GrantType]bool{}
		}
		c.Grants[grant] = true
	}
	var err2, err3, err4 error
	c.Scopes, err2 = readList[string](scopes)
	c.Audiences, err3 = readList[string](audiences)
	c.Redirects, err4 = readList[string](redirects)
	return c, errors.Join(err1, err2, err3, err4)
}

// granted lists what is true.
func granted(grants map[broker.GrantType]bool) (list []broker.GrantType) {
	for _, grant := range slices.Sorted(maps.Keys(grants)) {
		if grants[grant] {
			list = append(list, grant)
		}
	}
	return list
}
