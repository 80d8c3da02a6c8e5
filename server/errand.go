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
			return s.In(n.Tenant).RemoveAdmin(ctx, n.Shop, n.Happened)
		},
		broker.CustomersMerge: func(ctx context.Context, n broker.Notice) error {
			return s.In(n.Tenant).MergeProfiles(ctx, n.Shop, n.Customer, n.Kept)
		},
		broker.CustomersRedact: func(ctx context.Context, n broker.Notice) error {
			return s.In(n.Tenant).Block(ctx, broker.CustomerRef{Shop: n.Shop, ID: n.Customer})
		},
		// Its time is over: nothing is left to do but to forget who asked.
		broker.CustomersDataRequest: func(context.Context, broker.Notice) error { return nil },
		broker.ShopRedact: func(ctx context.Context, n broker.Notice) error {
			if err := s.In(n.Tenant).RemoveAdmin(ctx, n.Shop, n.Happened); err != nil {
				return err
			}
			return s.In(n.Tenant).ForgetCustomers(ctx, n.Shop)
		},
	}
}
