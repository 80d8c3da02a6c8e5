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
	return t.rotate(ctx, shop, text, func(*sql.Tx) error { return nil })
}

// rotate makes a second secret live, and does what else is to happen with it.
func (t Tenant) rotate(ctx context.Context, shop string, text secret.Text, also func(*sql.Tx) error) error {
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
		switch {
		case err != nil:
			return err
		case n == 0:
			return t.whyNot(ctx, tx, shop)
		}
		return also(tx)
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

// RetireSecret ends the older of two live id_secrets for good, and with it the
// rotation: its text is erased, its fingerprint stays. It returns [ErrNotFound]
// if there is no such shop and [ErrOneLive] if there is no older one.
func (t Tenant) RetireSecret(ctx context.Context, shop string) error {
	return t.configure(ctx, func(tx *sql.Tx) error {
		if err := t.hasShop(ctx, tx, shop); err != nil {
			return err
		}
		newest, err := one[int64](ctx, tx, `SELECT MAX(number) FROM shop_secret WHERE tenant = $1 AND shop = $2`, t.name, shop)
		if err != nil {
			return err
		}
		if err := t.retireBefore(ctx, tx, shop, newest, ErrOneLive); err != nil {
			return err
		}
		_, err = exec(ctx, tx, `DELETE FROM rotation WHERE tenant = $1 AND shop = $2`, t.name, shop)
		return err
	})
}

// retireBefore erases the live secret that is older than a number, or returns
// the refusal if there is none.
func (t Tenant) retireBefore(ctx context.Context, tx *sql.Tx, shop string, number int64, refusal error) error {
	return must(ctx, tx, refusal,
		`UPDATE shop_secret SET sealed = NULL, retired = $1
		WHERE tenant = $2 AND shop = $3 AND sealed IS NOT NULL AND number < $4`,
		t.store.Now().UnixMicro(), t.name, shop, number)
}

func (t Tenant) live(ctx context.Context, tx *sql.Tx, shop string) (int64, error) {
	return one[int64](ctx, tx,
		`SELECT COUNT(sealed) FROM shop_secret WHERE tenant = $1 AND shop = $2`, t.name, shop)
}

// sealSecret returns what is stored of a secret.
func (t Tenant) sealSecret(ctx context.Context, tx *sql.Tx, shop string, text secret.Text) (string, []byte, error) {
	fingerprint, err := t.fingerprint(ctx, tx, text)
	if err != nil {
		return "", nil, err
	}
	sealed, err := t.store.seal(t.secretPlace(shop, fingerprint), []byte(text.Reveal()))
	return fingerprint, sealed, err
}

// fingerprint is by what a secret is known again.
func (t Tenant) fingerprint(ctx context.Context, tx *sql.Tx, text secret.Text) (string, error) {
	key, err := t.pseudonyms(ctx, tx)
	if err != nil {
		return "", err
	}
	sum := key.Sum([]byte("fp1\x00" + text.Reveal()))
	return hex.EncodeToString(sum[:]), nil
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
		var used sql.NullInt64
		err = scan(&s.shop, &s.Number, &s.fingerprint, &s.sealed, &made, &used)
		s.Made, s.Used = moment(made), maybe(used)
		return s, err
	}, `SELECT shop, number, fingerprint, sealed, made, used FROM shop_secret
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
