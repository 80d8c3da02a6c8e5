package registry

import (
	"context"
	"fmt"
)

// The poll's three queries, each bounded in time.

func (r *Registry) revision(ctx context.Context) (string, int64, error) {
	ctx, cancel := context.WithTimeout(ctx, r.config.LoadTimeout)
	defer cancel()
	epoch, n, err := r.config.Source.Revision(ctx)
	if err != nil {
		return "", 0, fmt.Errorf("read the revision: %w", err)
	}
	return epoch, n, nil
}

func (r *Registry) changes(ctx context.Context) ([]string, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, r.config.LoadTimeout)
	defer cancel()
	names, complete, err := r.config.Source.ChangesSince(ctx, r.feed.n)
	if err != nil {
		return nil, false, fmt.Errorf("read the changes: %w", err)
	}
	return names, complete, nil
}

// names reads as much as there are tenants, and is given the time for it.
func (r *Registry) names(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*r.config.LoadTimeout)
	defer cancel()
	names, err := r.config.Source.Names(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the tenants' names: %w", err)
	}
	return names, nil
}
