package store

import (
	"context"
	"database/sql"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// AddIssuer has a tenant trust an issuer, or changes all that is known of one;
// with a zero Created, the clock's time, and one that is there keeps its own. The
// error is [ErrTwoProjects] for a second Firebase project, or wraps [ErrNotFound] if
// it shall speak of the customers of a shop that the tenant has not.
func (t Tenant) AddIssuer(ctx context.Context, i broker.Issuer) error {
	sealed, err := t.sealIssuer(i)
	if err != nil {
		return err
	}
	if i.Created.IsZero() {
		i.Created = t.store.Now()
	}
	return t.configure(ctx, func(tx *sql.Tx) error {
		if i.Shop != "" {
			if err := t.hasShop(ctx, tx, i.Shop); err != nil {
				return err
			}
		}
		return must(ctx, tx, ErrTwoProjects,
			`INSERT INTO issuer (tenant, url, audience, jwks_url, project, shop, api_key, created) SELECT $1, $2, $3, $4, $5, $6, $7, $8
			WHERE $5 = '' OR NOT EXISTS (SELECT 1 FROM issuer WHERE tenant = $1 AND url <> $2 AND project <> '')
			ON CONFLICT (tenant, url) DO UPDATE SET audience = excluded.audience, jwks_url = excluded.jwks_url,
				project = excluded.project, shop = excluded.shop, api_key = excluded.api_key`,
			t.name, i.URL, i.Audience, i.JWKSURL, i.Project, i.Shop, sealed, i.Created.UnixMicro())
	})
}

// Issuers returns whom the tenant trusts, by URL.
func (t Tenant) Issuers(ctx context.Context) ([]broker.Issuer, error) {
	var stored []sealedIssuer
	err := t.snapshot(ctx, func(tx *sql.Tx) (err error) {
		stored, err = t.issuers(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return t.openIssuers(stored)
}

// RemoveIssuer ends the trust in an issuer, or returns [ErrNotFound]. What people
// have enabled by its word stays, for when it is trusted again.
func (t Tenant) RemoveIssuer(ctx context.Context, url string) error {
	err := t.configure(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound, `DELETE FROM issuer WHERE tenant = $1 AND url = $2`, t.name, url)
	})
	if err != nil {
		return err
	}
	return t.store.scrub(ctx)
}

// sealedIssuer is an issuer as stored; its Key is empty.
type sealedIssuer struct {
	broker.Issuer
	key []byte // nil: it has none
}

func (t Tenant) issuers(ctx context.Context, tx *sql.Tx) ([]sealedIssuer, error) {
	return all(ctx, tx, func(scan scan) (s sealedIssuer, err error) {
		var created int64
		err = scan(&s.URL, &s.Audience, &s.JWKSURL, &s.Project, &s.Shop, &s.key, &created)
		s.Created = moment(created)
		return s, err
	}, `SELECT url, audience, jwks_url, project, shop, api_key, created FROM issuer WHERE tenant = $1 ORDER BY url`, t.name)
}

func (t Tenant) sealIssuer(i broker.Issuer) ([]byte, error) {
	if i.Key.Empty() {
		return nil, nil
	}
	return t.store.seal(t.issuerPlace(i.URL), []byte(i.Key.Reveal()))
}

func (t Tenant) openIssuers(stored []sealedIssuer) (list []broker.Issuer, err error) {
	for _, s := range stored {
		s.Key = secret.Text{}
		if s.key != nil {
			if s.Key, err = t.open(t.issuerPlace(s.URL), s.key); err != nil {
				return nil, err
			}
		}
		list = append(list, s.Issuer)
	}
	return list, nil
}

func (t Tenant) issuerPlace(url string) broker.Place {
	return broker.Place{Tenant: t.name, Table: "issuer", Column: "api_key", Row: url}
}
