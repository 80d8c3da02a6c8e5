package registry_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

var errDown = errors.New("connection refused")

// database is a source in memory. A tenant is nothing but the version of its
// content, which comes back as its TokenTTL.
type database struct {
	mu      sync.Mutex
	epoch   string
	n       int64
	written int64            // of the content that was written last
	tenants map[string]int64 // name -> version
	corrupt map[string]bool
	changes []change
	calls   map[string]int

	// Called with "names", "revision", "changes" or "load NAME", before and after
	// the reading; what they return is the call's error.
	before, after func(ctx context.Context, call string) error
}

type change struct {
	n    int64
	name string
}

func newDatabase(names ...string) *database {
	db := &database{epoch: "first", tenants: map[string]int64{}, corrupt: map[string]bool{}, calls: map[string]int{}}
	for _, name := range names {
		db.put(name)
	}
	return db
}

// put creates or changes a tenant and returns its new version.
func (db *database) put(name string) int64 {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.written++
	db.tenants[name] = db.written
	delete(db.corrupt, name)
	db.changed(name)
	return db.written
}

// spoil makes a tenant's record one that cannot be assembled.
func (db *database) spoil(name string) {
	db.put(name)
	db.mu.Lock()
	defer db.mu.Unlock()
	db.corrupt[name] = true
}

// version returns what a tenant's content is now; 0: there is no such tenant.
func (db *database) version(name string) int64 {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.tenants[name]
}

// all returns every tenant's version.
func (db *database) all() map[string]int64 {
	db.mu.Lock()
	defer db.mu.Unlock()
	return maps.Clone(db.tenants)
}

func (db *database) unusable(name string) bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.corrupt[name]
}

func (db *database) drop(name string) {
	db.mu.Lock()
	defer db.mu.Unlock()
	delete(db.tenants, name)
	delete(db.corrupt, name)
	db.changed(name)
}

func (db *database) changed(name string) {
	db.n++
	db.changes = append(db.changes, change{db.n, name})
}

// restore goes back to revision n with other content, as from a backup.
func (db *database) restore(epoch string, n int64) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.epoch, db.n = epoch, n
	for name := range db.tenants {
		db.written++
		db.tenants[name] = db.written
	}
	db.changes = slices.DeleteFunc(db.changes, func(c change) bool { return c.n > n })
}

// trim forgets all changes but the last few, though not their numbers.
func (db *database) trim(keep int) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.changes = db.changes[max(len(db.changes)-keep, 0):]
}

func (db *database) on(before, after func(ctx context.Context, call string) error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.before, db.after = before, after
}

func (db *database) down()  { db.on(func(context.Context, string) error { return errDown }, nil) }
func (db *database) up()    { db.on(nil, nil) }
func (db *database) hangs() { db.on(hang, nil) }

func hang(ctx context.Context, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

// failing is a hook that fails calls of one name only.
func failing(call string) func(context.Context, string) error {
	return func(_ context.Context, c string) error {
		if c == call {
			return errDown
		}
		return nil
	}
}

func (db *database) count(call string) int {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.calls[call]
}

// loads counts those of all tenants together.
func (db *database) loads() (n int) {
	db.mu.Lock()
	defer db.mu.Unlock()
	for call, times := range db.calls {
		if call != "names" && call != "revision" && call != "changes" {
			n += times
		}
	}
	return n
}

// read is one call: the hooks run outside the lock.
func (db *database) read(ctx context.Context, call string, reading func() error) error {
	db.mu.Lock()
	db.calls[call]++
	before, after := db.before, db.after
	db.mu.Unlock()
	if before != nil {
		if err := before(ctx, call); err != nil {
			return err
		}
	}
	db.mu.Lock()
	err := reading()
	db.mu.Unlock()
	if after != nil {
		if err := after(ctx, call); err != nil {
			return err
		}
	}
	return err
}

func (db *database) Names(ctx context.Context) (names []string, err error) {
	err = db.read(ctx, "names", func() error {
		for name := range db.tenants {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

func (db *database) Revision(ctx context.Context) (epoch string, n int64, err error) {
	err = db.read(ctx, "revision", func() error {
		epoch, n = db.epoch, db.n
		return nil
	})
	return epoch, n, err
}

func (db *database) ChangesSince(ctx context.Context, n int64) (names []string, complete bool, err error) {
	err = db.read(ctx, "changes", func() error {
		complete = n == db.n
		for _, c := range db.changes {
			complete = complete || c.n == n+1
			if c.n > n {
				names = append(names, c.name)
			}
		}
		return nil
	})
	return names, complete, err
}

func (db *database) Load(ctx context.Context, name string) (rec broker.Record, err error) {
	err = db.read(ctx, "load "+name, func() error {
		version, ok := db.tenants[name]
		if !ok {
			return broker.ErrNoTenant
		}
		rec.Revision = db.n
		rec.Settings = broker.Settings{Name: name, Status: broker.Active, TokenTTL: time.Duration(version)}
		if db.corrupt[name] {
			rec.Settings.Status = "corrupt"
		}
		return nil
	})
	return rec, err
}

var errBadRecord = errors.New("no such status")

// assemble makes a tenant with one shop, called shop.
func assemble(rec broker.Record, usage func(string) *broker.Usage) (*broker.Tenant, error) {
	if rec.Settings.Status != broker.Active {
		return nil, errBadRecord
	}
	return &broker.Tenant{
		Name:     rec.Settings.Name,
		Active:   true,
		TokenTTL: rec.Settings.TokenTTL,
		Shops:    map[string]*broker.Shop{"shop": {Name: "shop", Usage: usage("shop")}},
	}, nil
}
