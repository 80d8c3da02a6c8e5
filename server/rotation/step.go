package rotation

import (
	"context"
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

const (
	// settle is how long a new secret waits before a theme may sign with it:
	// within two seconds every running server knows it.
	settle = 3 * time.Second
	// lease is how long whoever takes a rotation in hand has it for themselves;
	// after that they are taken for dead.
	lease = 8 * time.Second
	// patient is less, so that nobody works on beyond their lease.
	patient = 6 * time.Second
	// glance is how often a rotation is looked at of which nothing is known yet.
	glance = 10 * time.Second
	// rest is the longest pause after trouble.
	rest = 10 * time.Minute
)

// Step does what is due of a rotation, or finds that somebody else does. The
// error is what is in its way, which stands in the store as well; whoever looks
// at it when it is due again tries again.
func (k *Keeper) Step(ctx context.Context, r broker.Rotation) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	t := k.Store.In(r.Tenant)
	taken := k.Now().Add(lease)
	if err := t.Postpone(ctx, r, taken, r.Problem); err != nil {
		return unlessTaken(err)
	}
	r.Due = taken
	due, trouble := k.advance(ctx, r)
	if trouble != nil {
		due = k.Now().Add(pause(k.Now().Sub(r.Began)))
	}
	if due.IsZero() {
		return nil // it has ended
	}
	// Even if the time is up: what has happened has to be told.
	ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), patient)
	defer cancel()
	return errors.Join(trouble, unlessTaken(t.Postpone(ctx, r, due, text(trouble))))
}

// unlessTaken is no error where somebody else has the rotation in hand, or has
// ended it.
func unlessTaken(err error) error {
	if errors.Is(err, broker.ErrConflict) {
		return nil
	}
	return err
}

// advance does the next step, and returns when the one after it is due: never,
// if the rotation has ended. That the metafield holds the newer secret is seen to
// each time: somebody may put the older one back.
func (k *Keeper) advance(ctx context.Context, r broker.Rotation) (due time.Time, err error) {
	now := k.Now()
	if now.Before(r.Began.Add(settle)) {
		return r.Began.Add(settle), nil
	}
	changed, err := k.Write(ctx, r.Tenant, r.Shop)
	pasted := errors.Is(err, broker.ErrNotFound) // by somebody: it is not ours to write
	switch {
	case err != nil && !pasted:
		return time.Time{}, err
	case pasted && r.Written.IsZero() && r.NewerUsed.IsZero():
		return now.Add(glance), nil
	case changed, r.Written.IsZero():
		return k.written(ctx, r)
	case now.Before(end(r)):
		return earliest(end(r), now.Add(pause(now.Sub(r.Written)))), nil
	}
	return time.Time{}, k.retire(ctx, r)
}

// written counts from the moment at which the metafield was seen to be right.
// Where it is pasted, the first signature with the newer secret tells.
func (k *Keeper) written(ctx context.Context, r broker.Rotation) (due time.Time, err error) {
	r.Written = k.Now()
	if err := k.Store.In(r.Tenant).Written(ctx, r, r.Written); err != nil {
		return time.Time{}, unlessTaken(err)
	}
	k.Log.Info("themes sign with the newer id_secret", "tenant", r.Tenant, "shop", r.Shop)
	return earliest(end(r), r.Written.Add(glance)), nil
}

func (k *Keeper) retire(ctx context.Context, r broker.Rotation) error {
	if err := k.Store.In(r.Tenant).EndRotation(ctx, r); err != nil {
		return unlessTaken(err)
	}
	k.Log.Info("older id_secret retired", "tenant", r.Tenant, "shop", r.Shop)
	return nil
}

// end is when the older secret goes: once it has been quiet, or after the limit.
func end(r broker.Rotation) time.Time {
	quiet := r.Written
	if r.OlderUsed.After(quiet) {
		quiet = r.OlderUsed
	}
	quiet = quiet.Add(r.Plan.Quiet)
	if r.Plan.Longest == 0 {
		return quiet
	}
	return earliest(quiet, r.Written.Add(r.Plan.Longest))
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// pause grows with the time that a rotation has been going on, so that what
// fails is tried often at first and ever more seldom.
func pause(since time.Duration) time.Duration {
	return min(max(since/2, 5*time.Second), rest)
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
