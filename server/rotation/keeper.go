package rotation

import (
	"context"
	"log/slog"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
)

// Store is where rotations stand, of all tenants.
type Store interface {
	In(tenant string) Tenant
	// DueRotations are those that somebody should look at.
	DueRotations(ctx context.Context, now time.Time, limit int) ([]broker.Rotation, error)
}

// Tenant is what is stored of one tenant; package store says what it does.
type Tenant interface {
	Load(ctx context.Context) (broker.Record, error)
	Rotation(ctx context.Context, shop string) (broker.Rotation, error)
	Postpone(ctx context.Context, r broker.Rotation, due time.Time, problem string) error
	Written(ctx context.Context, r broker.Rotation, at time.Time) error
	EndRotation(ctx context.Context, r broker.Rotation) error
	KnowsSecret(ctx context.Context, shop string, text secret.Text) (bool, error)
	Admin(ctx context.Context, shop string) (broker.Admin, error)
	SetAdmin(ctx context.Context, shop string, a broker.Admin) error
	SetHolder(ctx context.Context, shop string, holder broker.Holder) error
	RefreshAdmin(ctx context.Context, shop string, a broker.Admin) error
}

// Keeper keeps shops' secrets and metafields the same. It holds no state.
type Keeper struct {
	Store   Store
	Shopify *shopify.Client
	Log     *slog.Logger
	Now     func() time.Time
}
