package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// SetAdmin stores what opens a shop's Admin API, in place of what did before.
// Its Generation is not looked at. The error is [ErrNotFound] if there is no
// such shop.
func (t Tenant) SetAdmin(ctx context.Context, shop string, a broker.Admin) error {
	access, refresh, err := t.sealAdmin(shop, a)
	if err != nil {
		return err
	}
	return t.write(ctx, func(tx *sql.Tx) error {
		if err := t.hasShop(ctx, tx, shop); err != nil {
			return err
		}
		_, err := exec(ctx, tx,
			`INSERT INTO shop_admin (tenant, shop, place, access, expires, refresh, refresh_expires, granted, generation)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)
			ON CONFLICT (tenant, shop) DO UPDATE SET place = excluded.place, access = excluded.access, expires = excluded.expires,
				refresh = excluded.refresh, refresh_expires = excluded.refresh_expires, granted = excluded.granted,
				generation = shop_admin.generation + 1`,
			t.name, shop, string(a.Holder), access, nullable(a.Expires), refresh, nullable(a.RefreshExpires), a.Granted.UnixMicro())
		return err
	})
}

// RefreshAdmin stores the successor of the access of that generation, whose
// Holder and Granted stay. It returns [ErrConflict] if somebody else was faster.
func (t Tenant) RefreshAdmin(ctx context.Context, shop string, a broker.Admin) error {
	access, refresh, err := t.sealAdmin(shop, a)
	if err != nil {
		return err
	}
	return t.store.write(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrConflict,
			`UPDATE shop_admin SET access = $1, expires = $2, refresh = $3, refresh_expires = $4, generation = generation + 1
			WHERE tenant = $5 AND shop = $6 AND generation = $7`,
			access, nullable(a.Expires), refresh, nullable(a.RefreshExpires), t.name, shop, a.Generation)
	})
}

// SetHolder says anew whose metafield the access is for, and leaves the access
// as it is: it may be refreshed at the same moment. The error is [ErrNotFound]
// if there is no access.
func (t Tenant) SetHolder(ctx context.Context, shop string, holder broker.Holder) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		return must(ctx, tx, ErrNotFound,
			`UPDATE shop_admin SET place = $1 WHERE tenant = $2 AND shop = $3`, string(holder), t.name, shop)
	})
}

// RemoveAdmin forgets what was granted before a moment. It is no error if there
// is nothing of the kind.
func (t Tenant) RemoveAdmin(ctx context.Context, shop string, before time.Time) error {
	return t.write(ctx, func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `DELETE FROM shop_admin WHERE tenant = $1 AND shop = $2 AND granted < $3`,
			t.name, shop, before.UnixMicro())
		return err
	})
}

// Admin returns what opens a shop's Admin API, or [ErrNotFound].
func (t Tenant) Admin(ctx context.Context, shop string) (a broker.Admin, err error) {
	var s sealedAdmin
	err = t.snapshot(ctx, func(tx *sql.Tx) error {
		s, err = t.admin(ctx, tx, shop)
		return err
	})
	if err != nil {
		return broker.Admin{}, err
	}
	return t.openAdmin(shop, s)
}

// sealedAdmin is an access as stored; its texts are empty.
type sealedAdmin struct {
	broker.Admin
	access, refresh []byte
}

func (t Tenant) admin(ctx context.Context, tx *sql.Tx, shop string) (sealedAdmin, error) {
	return find(ctx, tx, ErrNotFound, readAdmin,
		`SELECT place, access, expires, refresh, refresh_expires, granted, generation FROM shop_admin WHERE tenant = $1 AND shop = $2`,
		t.name, shop)
}

func readAdmin(scan scan) (s sealedAdmin, err error) {
	var expires, refreshExpires sql.NullInt64
	var granted int64
	err = scan(&s.Holder, &s.access, &expires, &s.refresh, &refreshExpires, &granted, &s.Generation)
	s.Expires, s.RefreshExpires, s.Granted = maybe(expires), maybe(refreshExpires), moment(granted)
	return s, err
}

// sealAdmin seals the two tokens; refresh is nil where there is none.
func (t Tenant) sealAdmin(shop string, a broker.Admin) (access, refresh []byte, err error) {
	if access, err = t.store.seal(t.adminPlace(shop, "access"), []byte(a.Token.Reveal())); err != nil || a.Refresh.Len() == 0 {
		return access, nil, err
	}
	refresh, err = t.store.seal(t.adminPlace(shop, "refresh"), []byte(a.Refresh.Reveal()))
	return access, refresh, err
}

func (t Tenant) openAdmin(shop string, s sealedAdmin) (broker.Admin, error) {
	var err error
	if s.Token, err = t.open(t.adminPlace(shop, "access"), s.access); err != nil {
		return broker.Admin{}, err
	}
	s.Refresh = secret.Text{}
	if s.refresh != nil {
		s.Refresh, err = t.open(t.adminPlace(shop, "refresh"), s.refresh)
	}
	return s.Admin, err
}

func (t Tenant) adminPlace(shop, column string) broker.Place {
	return broker.Place{Tenant: t.name, Table: "shop_admin", Column: column, Row: shop}
}
