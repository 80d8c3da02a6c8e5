package main

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/store"
)

// installer installs shops' apps. It is told of visitors that were proved.
type installer struct {
	store   *store.Store
	shopify *shopify.Client
	visits  proof.Install
	log     *slog.Logger
}

// exchanging bounds the exchange of a code, so that there is time left to keep
// what it gives.
const exchanging = 10 * time.Second

// wanted are the topics that an app subscribes to when it is installed; those of
// privacy laws are set in the app's configuration.
var wanted = []shopify.Topic{shopify.AppUninstalled, shopify.CustomersMerge}

// scopes are what the webhook customers/merge needs. Shop metafields need none,
// but to be asked for nothing is an invalid_scope to Shopify. Where the app's
// configuration names scopes, those are granted, and not these.
var scopes = []string{"read_customer_merge"}

var (
	errAddress = broker.Refuse(broker.ServerError,
		"the service does not know its own https address: its operator sets it with: shapestoken tenant set TENANT --issuer URL, or serve --base-domain")
	errCode = broker.Refuse(broker.AccessDenied,
		"Shopify has not taken the code: open the app from the Shopify admin to begin again; if it stays so, the operator checks the client secret with: shapestoken shop app TENANT SHOP")
	errKeep = broker.Refuse(broker.Unavailable,
		"the access could not be kept: open the app from the Shopify admin to begin again")
	errShopify = broker.Refuse(broker.Unavailable,
		"Shopify did not answer as it should: open the app from the Shopify admin to begin again")
)

// Begin implements api.Installer.
func (i installer) Begin(t *broker.Tenant, shop *broker.Shop) (location, state string, err error) {
	u, err := url.Parse(t.Issuer)
	if err != nil || broker.CheckOrigin(u.Scheme+"://"+u.Host) != nil {
		return "", "", errAddress
	}
	state = i.visits.State(t, shop.Name)
	return i.shopify.AuthorizeURL(shop.Name, shop.App.ClientID, t.Issuer+"/shopify/callback", state, scopes), state, nil
}

// Finish implements api.Installer. An access that is kept already is replaced,
// and goes on to be for the same metafield.
func (i installer) Finish(ctx context.Context, t *broker.Tenant, shop *broker.Shop, code secret.Text) error {
	got, err := i.exchange(ctx, shop, code)
	if err != nil {
		return err
	}
	access := broker.Admin{
		Holder: broker.HeldByShop, Granted: i.visits.Now(),
		Token: got.Token, Expires: got.Expires, Refresh: got.Refresh, RefreshExpires: got.RefreshExpires,
	}
	tenant := i.store.In(t.Name)
	switch before, err := tenant.Admin(ctx, shop.Name); {
	case err == nil:
		access.Holder = before.Holder
	case !errors.Is(err, broker.ErrNotFound):
		return errKeep.Because(err)
	}
	told := sayingBy(itself, i.store, t.Name, "install", facts{"shop": shop.Name, "client_id": shop.App.ClientID, "holder": access.Holder})
	if err := told.SetAdmin(ctx, shop.Name, access); err != nil {
		return errKeep.Because(err)
	}
	i.log.Info("app installed", "tenant", t.Name, "shop", shop.Name)
	i.subscribe(ctx, t, got)
	return nil
}

func (i installer) exchange(ctx context.Context, shop *broker.Shop, code secret.Text) (shopify.Access, error) {
	ctx, cancel := context.WithTimeout(ctx, exchanging)
	defer cancel()
	got, err := i.shopify.Exchange(ctx, shop.Name, shop.App.ClientID, shop.App.Secrets[0].Text, code)
	switch {
	case errors.Is(err, shopify.ErrAccess):
		return got, errCode.Because(err)
	case err != nil:
		return got, errShopify.Because(err)
	}
	return got, nil
}

// subscribe asks for webhooks. The app is installed without them, too.
func (i installer) subscribe(ctx context.Context, t *broker.Tenant, access shopify.Access) {
	for _, topic := range wanted {
		if err := i.shopify.Subscribe(ctx, access, t.Issuer+"/shopify/webhooks", topic); err != nil {
			i.log.Warn("a webhook could not be subscribed to; the app's configuration can do so, too",
				"tenant", t.Name, "shop", access.Shop, "topic", string(topic), "cause", err)
		}
	}
}
