package registry

import "context"

// Sync is one poll by hand.
func (r *Registry) Sync(ctx context.Context) error { return r.sync(ctx) }
