package main

import (
	"context"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/inbox"
	"github.com/shapestoken/shapestoken/server/store"
)

// errands are what is done about webhooks: the list a reader looks for first.
func errands(s *store.Store) map[broker.Topic]inbox.Work {
	return map[broker.Topic]inbox.Work{
		// What was granted since is another installation's, however late this comes.
		broker.AppUninstalled: func(ctx context.Context, n broker.Notice) error {
			return told(s, n).RemoveAdmin(ctx, n.Shop, n.Happened)
		},
		broker.CustomersMerge: func(ctx context.Context, n broker.Notice) error {
			return told(s, n).MergeProfiles(ctx, n.Shop, n.Customer, n.Kept)
		},
		broker.CustomersRedact: func(ctx context.Context, n broker.Notice) error {
			return told(s, n).Block(ctx, broker.CustomerRef{Shop: n.Shop, ID: n.Customer})
		},
		// Its time is over: nothing is left to do but to forget who asked.
		broker.CustomersDataRequest: func(context.Context, broker.Notice) error { return nil },
		broker.ShopRedact: func(ctx context.Context, n broker.Notice) error {
			if err := told(s, n).RemoveAdmin(ctx, n.Shop, n.Happened); err != nil {
				return err
			}
			return told(s, n).ForgetCustomers(ctx, n.Shop)
		},
	}
}

// told is the tenant to which something is done because Shopify has told so; of
// the customer the audit says nothing.
func told(s *store.Store, n broker.Notice) store.Tenant {
	return sayingBy(itself, s, n.Tenant, "webhook", facts{"topic": n.Topic, "shop": n.Shop, "webhook": n.ID})
}
