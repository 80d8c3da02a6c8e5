package main

import (
	"context"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// source is the store as the registry sees it. The feed is watched over a
// connection of its own, so that a busy pool never delays a change.
type source struct {
	*store.Store
	watcher *store.Watcher
}

func (s source) Names(ctx context.Context) ([]string, error) { return s.TenantNames(ctx) }

func (s source) Load(ctx context.Context, name string) (broker.Record, error) {
	return s.In(name).Load(ctx)
}

func (s source) Revision(ctx context.Context) (epoch string, n int64, err error) {
	r, err := s.watcher.Revision(ctx)
	return r.Epoch, r.N, err
}
