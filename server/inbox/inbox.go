// Package inbox takes webhooks in and works them off after Shopify has had its
// answer, which it waits for five seconds at the most.
//
// Before the answer one row is written; topic.go says which webhooks get one and
// what stands in it. work.go finds what is due, this server's or one's that has
// died. Whatever is done about a webhook may be done again.
package inbox

import (
	"context"
	"log/slog"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Store keeps webhooks until they are worked on.
type Store interface {
	// ReceiveWebhook keeps one, unless it has come before.
	ReceiveWebhook(ctx context.Context, n broker.Notice) (fresh bool, err error)
	// DueWebhooks returns those to be worked on, the longest due first.
	DueWebhooks(ctx context.Context, now time.Time, limit int) ([]broker.Notice, error)
	// ClaimWebhook puts one off. It is true to one of all who saw it due.
	ClaimWebhook(ctx context.Context, n broker.Notice, until time.Time) (ours bool, err error)
	// EndWebhook erases whom one was about; it is never due again.
	EndWebhook(ctx context.Context, n broker.Notice) error
}

// Work does what webhooks of one topic ask for. It is done again if it fails, or
// dies before that is known: twice must be the same as once.
type Work func(ctx context.Context, n broker.Notice) error

// Config is what an inbox is made of.
type Config struct {
	Store Store
	Work  map[broker.Topic]Work // every topic of broker
	Log   *slog.Logger
	Now   func() time.Time
}

// Inbox takes webhooks in while Run works them off. It is safe for concurrent use.
type Inbox struct {
	config Config
	wake   chan struct{}
	away   bool // the store could not be asked; only Run looks at it
}

// New makes an inbox.
func New(c Config) *Inbox { return &Inbox{config: c, wake: make(chan struct{}, 1)} }

var errAway = broker.Refuse(broker.Unavailable,
	"the webhook could not be kept, or too many wait to be worked on; send it again later").After(time.Minute)

// Take keeps a webhook that was proved to be of this shop, if there is something
// to do about it, and returns before anything is done. The error is an *Error:
// InvalidRequest for what Shopify would not send, Unavailable if it should be
// sent again.
func (b *Inbox) Take(ctx context.Context, tenant, shop string, d broker.Delivery) error {
	n, wanted, err := read(shop, d, b.config.Now())
	if err != nil || !wanted {
		return err
	}
	n.Tenant = tenant
	fresh, err := b.config.Store.ReceiveWebhook(ctx, n)
	if err != nil {
		return errAway.Because(err)
	}
	if fresh {
		b.nudge()
	}
	return nil
}

// nudge wakes Run, if it is not awake.
func (b *Inbox) nudge() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}
