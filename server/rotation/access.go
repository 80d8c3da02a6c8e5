package rotation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/shopify"
)

// margin is how long before its end a token is no longer used.
const margin = 5 * time.Minute

// errNoApp says why an expiring token cannot be refreshed.
var errNoApp = errors.New("the access token has expired, and the app's client secret that would refresh it is not known: shapestoken shop app TENANT SHOP")

// use does something with the shop's access, refreshed where it is about to
// expire, or where Shopify does not take it although it should. The error is
// broker.ErrNotFound where there is no access.
func (k *Keeper) use(ctx context.Context, tenant string, shop broker.ShopRecord, do func(broker.Admin) error) error {
	a, err := k.Store.In(tenant).Admin(ctx, shop.Name)
	if err != nil {
		return err
	}
	refreshed := expiring(a, k.Now())
	if refreshed {
		if a, err = k.refresh(ctx, tenant, shop, a); err != nil {
			return err
		}
	}
	err = do(a)
	if !errors.Is(err, shopify.ErrAccess) || refreshed || a.Refresh.Empty() {
		return err
	}
	if a, err = k.refresh(ctx, tenant, shop, a); err != nil {
		return err
	}
	return do(a)
}

func expiring(a broker.Admin, now time.Time) bool {
	return !a.Expires.IsZero() && now.After(a.Expires.Add(-margin))
}

// refresh replaces an access, and stores the new one before it is used: until
// then Shopify takes the former refresh token again. Somebody else may have been
// faster; then theirs is the one.
func (k *Keeper) refresh(ctx context.Context, tenant string, shop broker.ShopRecord, a broker.Admin) (broker.Admin, error) {
	if a.Refresh.Empty() || len(shop.App.Secrets) == 0 {
		return broker.Admin{}, errNoApp
	}
	newest := shop.App.Secrets[len(shop.App.Secrets)-1].Text
	got, err := k.Shopify.Refresh(ctx, shop.Name, shop.App.ClientID, newest, a.Refresh)
	if err != nil {
		return broker.Admin{}, fmt.Errorf("refreshing the access token: %w", err)
	}
	t := k.Store.In(tenant)
	next := a
	next.Token, next.Expires, next.Refresh, next.RefreshExpires = got.Token, got.Expires, got.Refresh, got.RefreshExpires
	switch err := t.RefreshAdmin(ctx, shop.Name, next); {
	case errors.Is(err, broker.ErrConflict):
		return t.Admin(ctx, shop.Name)
	case err != nil:
		return broker.Admin{}, err
	}
	next.Generation++
	return next, nil
}
