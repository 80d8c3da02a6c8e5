package rotation

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

const (
	period = 5 * time.Second
	atOnce = 20
)

// Run looks after every rotation until ctx ends.
func (k *Keeper) Run(ctx context.Context) {
	for {
		// Not all servers at the same moment.
		select {
		case <-time.After(period/2 + rand.N(period)):
			k.Round(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// Round does what is due now. Failures are logged; a later round tries again.
func (k *Keeper) Round(ctx context.Context) {
	due, err := k.Store.DueRotations(ctx, k.Now(), atOnce)
	if err != nil {
		k.Log.Warn("rotations could not be looked at", "cause", err)
		return
	}
	for _, r := range due {
		if err := k.Step(ctx, r); err != nil {
			k.Log.Warn("a rotation does not get on", "tenant", r.Tenant, "shop", r.Shop, "cause", err)
		}
	}
}

// Carry steps through a shop's rotation until themes sign with the newer secret,
// or something is in its way, which is the error; or until ctx ends.
func (k *Keeper) Carry(ctx context.Context, tenant, shop string) (broker.Rotation, error) {
	for {
		r, err := k.Store.In(tenant).Rotation(ctx, shop)
		if err != nil || !r.Written.IsZero() {
			return r, err
		}
		if r.Problem != "" {
			return r, errors.New(r.Problem)
		}
		if !k.Now().Before(r.Due) {
			err = k.Step(ctx, r)
		} else {
			err = sleep(ctx, min(r.Due.Sub(k.Now()), time.Second))
		}
		if err != nil {
			return r, err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
