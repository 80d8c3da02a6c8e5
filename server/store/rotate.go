package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"strings"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// shortest is the least an id_secret may have in any case; commands ask for more.
const shortest = 16

// RotateSecret makes a second id_secret live beside the shop's present one. It
// returns [ErrNotFound] if there is no such shop, [ErrTwoLive] if two are live
// already, [ErrSecretUsed] if the tenant ever had this one, in whichever shop,
// and [ErrWeakSecret] if it is no secret at all.
func (t Tenant) RotateSecret(ctx context.Context, shop string, text secret.Text) error {
	if weak(text) {
		return ErrWeakSecret
	}
	return t.configure(ctx, func(tx *sql.Tx) error {
		fingerprint, sealed, err := t.sealSecret(ctx, tx, shop, text)
		if err != nil {
			return err
		}
		n, err := exec(ctx, tx,
			`INSERT INTO shop_secret (tenant, shop, number, fingerprint, sealed, made)
			SELECT $1, $2, MAX(number) + 1, $3, $4, $5 FROM shop_secret WHERE tenant = $1 AND shop = $2
			HAVING COUNT(sealed) = 1
			ON CONFLICT DO NOTHING`,
			t.name, shop, fingerprint, sealed, t.store.Now().UnixMicro())
		if err == nil && n == 0 {
			return t.whyNot(ctx, tx, shop)
		}
		return err
	})
}

// whyNot tells why a secret could not be made live.
func (t Tenant) whyNot(ctx context.Context, tx *sql.Tx, shop string) error {
	if err := t.hasShop(ctx, tx, shop); err != nil {
		return err
	}
	live, err := t.live(ctx, tx, shop)
	switch {
	case err != nil:
		return err
	case live > 1:
		return ErrTwoLive
	}
	return ErrSecretUsed
}

// RetireSecret ends the older of two live id_secrets for good: its text is
// erased, its fingerprint stays. It returns [ErrNotFound] if there is no such
// shop and [ErrOneLive] if there is no older one.
func (t Tenant) RetireSecret(ctx context.Context, shop string) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		if err := t.hasShop(ctx, tx, shop); err != nil {
			return err
		}
		return must(ctx, tx, ErrOneLive,
			`UPDATE shop_secret SET sealed = NULL, retired = $1
			WHERE tenant = $2 AND shop = $3 AND sealed IS NOT NULL AND number <
				(SELECT MAX(number) FROM shop_secret WHERE tenant = $2 AND shop = $3 AND sealed IS NOT NULL)`,
			t.store.Now().UnixMicro(), t.name, shop)
	})
}

func (t Tenant) live(ctx context.Context, tx *sql.Tx, shop string) (int64, error) {
	return one[int64](ctx, tx,
		`SELECT COUNT(sealed) FROM shop_secret WHERE tenant = $1 AND shop = $2`, t.name, shop)
}

// sealSecret returns what is stored of a secret.
func (t Tenant) sealSecret(ctx context.Context, tx *sql.Tx, shop string, text secret.Text) (string, []byte, error) {
	key, err := t.pseudonyms(ctx, tx)
	if err != nil {
		return "", nil, err
	}
	sum := key.Sum([]byte("fp1\x00" + text.Reveal()))
	fingerprint := hex.EncodeToString(sum[:])
	sealed, err := t.store.seal(t.secretPlace(shop, fingerprint), []byte(text.Reveal()))
	return fingerprint, sealed, err
}

// shopSecret is a live secret as stored; its Text is empty.
type shopSecret struct {
	broker.ShopSecret
	shop, fingerprint string
	sealed            []byte
}

func (t Tenant) secrets(ctx context.Context, tx *sql.Tx) ([]shopSecret, error) {
	return all(ctx, tx, func(scan scan) (s shopSecret, err error) {
		var made int64
		err = scan(&s.shop, &s.Number, &s.fingerprint, &s.sealed, &made)
		s.Made = moment(made)
		return s, err
	}, `SELECT shop, number, fingerprint, sealed, made FROM shop_secret
		WHERE tenant = $1 AND sealed IS NOT NULL ORDER BY shop, number`, t.name)
}

// weak tells whether a secret is too short or too empty to be stored.
func weak(text secret.Text) bool { return text.Len() < shortest || blank(text) }

// blank tells whether a secret is nothing, or nothing but space, or what HMAC
// takes for the empty key.
func blank(text secret.Text) bool {
	_, err := hmac.NewKey([]byte(text.Reveal()))
	return err != nil || strings.TrimSpace(text.Reveal()) == ""
}
