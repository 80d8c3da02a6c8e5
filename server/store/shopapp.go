package store

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// SetApp registers the Shopify app of a shop, or its new client secret: the one
// before is kept beside it. Of another app's secrets none is. The error is
// [ErrNotFound] if there is no such shop, and [ErrWeakSecret] for no secret at all.
func (t Tenant) SetApp(ctx context.Context, shop, clientID string, text secret.Text) error {
	if weak(text) {
		return ErrWeakSecret
	}
	return t.configure(ctx, func(tx *sql.Tx) error {
		if err := t.hasShop(ctx, tx, shop); err != nil {
			return err
		}
		if err := t.changeApp(ctx, tx, shop, clientID); err != nil {
			return err
		}
		number, err := one[int64](ctx, tx, `SELECT COALESCE(MAX(number), 0) + 1 FROM app_secret WHERE tenant = $1 AND shop = $2`, t.name, shop)
		if err != nil {
			return err
		}
		sealed, err := t.store.seal(t.appPlace(shop, number), []byte(text.Reveal()))
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, `INSERT INTO app_secret (tenant, shop, number, sealed, made) VALUES ($1, $2, $3, $4, $5)`,
			t.name, shop, number, sealed, t.store.Now().UnixMicro())
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, `DELETE FROM app_secret WHERE tenant = $1 AND shop = $2 AND number < $3`, t.name, shop, number-1)
		return err
	})
}

// changeApp makes the app the shop's. A row with another client id goes, and its secrets with it.
func (t Tenant) changeApp(ctx context.Context, tx *sql.Tx, shop, clientID string) error {
	_, err := exec(ctx, tx, `DELETE FROM shop_app WHERE tenant = $1 AND shop = $2 AND client_id <> $3`, t.name, shop, clientID)
	if err != nil {
		return err
	}
	_, err = exec(ctx, tx, `INSERT INTO shop_app (tenant, shop, client_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, t.name, shop, clientID)
	return err
}

// appSecret is a client secret as stored; its Text is empty.
type appSecret struct {
	broker.ShopSecret
	shop, clientID string
	sealed         []byte
}

func (t Tenant) shopApps(ctx context.Context, tx *sql.Tx) ([]appSecret, error) {
	return all(ctx, tx, func(scan scan) (s appSecret, err error) {
		var made int64
		err = scan(&s.shop, &s.clientID, &s.Number, &s.sealed, &made)
		s.Made = moment(made)
		return s, err
	}, `SELECT a.shop, a.client_id, s.number, s.sealed, s.made FROM shop_app a
		JOIN app_secret s ON s.tenant = a.tenant AND s.shop = a.shop
		WHERE a.tenant = $1 ORDER BY a.shop, s.number`, t.name)
}

// openShopApps opens the client secrets and gives each shop its app.
func (t Tenant) openShopApps(shops []broker.ShopRecord, stored []appSecret) error {
	index := make(map[string]*broker.ShopRecord, len(shops))
	for i := range shops {
		index[shops[i].Name] = &shops[i]
	}
	for _, s := range stored {
		text, err := t.open(t.appPlace(s.shop, s.Number), s.sealed)
		if err != nil {
			return err
		}
		s.Text = text
		app := &index[s.shop].App
		app.ClientID = s.clientID
		app.Secrets = append(app.Secrets, s.ShopSecret)
	}
	return nil
}

func (t Tenant) appPlace(shop string, number int64) broker.Place {
	return broker.Place{Tenant: t.name, Table: "app_secret", Column: "sealed", Row: shop + "/" + strconv.FormatInt(number, 10)}
}
