package inbox

import (
	"context"
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

const (
	every   = 5 * time.Second  // between looks for what others have left undone
	patient = 25 * time.Second // for the work of one
	soonest = 30 * time.Second // between two tries: longer than one may take
	latest  = time.Hour
	atOnce  = 100 // read in one look
)

// Run works off what is due until ctx ends; what is left then is another's.
func (b *Inbox) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		b.Round(ctx)
		select {
		case <-b.wake:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Round works off what is due now.
func (b *Inbox) Round(ctx context.Context) {
	for more := true; more; {
		var err error
		more, err = b.look(ctx)
		if ctx.Err() != nil {
			return
		}
		if (err != nil) != b.away {
			b.tell(err)
		}
		b.away = err != nil
	}
}

// tell says once that the store is away, and once that it is back.
func (b *Inbox) tell(err error) {
	if err != nil {
		b.config.Log.Warn("webhooks wait: the database could not be asked", "cause", err)
		return
	}
	b.config.Log.Info("webhooks are worked on again")
}

// look works off at most atOnce, and tells whether there may be more.
func (b *Inbox) look(ctx context.Context) (more bool, err error) {
	due, err := b.config.Store.DueWebhooks(ctx, b.config.Now(), atOnce)
	for _, n := range due {
		if err == nil {
			err = b.work(ctx, n)
		}
	}
	return err == nil && len(due) == atOnce, err
}

// work does one, if it is ours to do. The error says that the store could not be
// asked; that the work has failed is said in the log, and it stays put off.
func (b *Inbox) work(ctx context.Context, n broker.Notice) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	now := b.config.Now()
	ours, err := b.config.Store.ClaimWebhook(ctx, n, now.Add(pause(now.Sub(n.Received))))
	if err != nil || !ours {
		return err
	}
	log := b.config.Log.With("tenant", n.Tenant, "shop", n.Shop, "topic", string(n.Topic), "webhook", n.ID)
	if err := b.perform(ctx, n); err != nil {
		log.Warn("a webhook could not be worked on; it is tried again", "cause", err)
		return nil
	}
	if err := b.config.Store.EndWebhook(ctx, n); err != nil {
		return err
	}
	log.Info("webhook worked on")
	return nil
}

var errUnknown = errors.New("a newer version of this program must have taken it in")

func (b *Inbox) perform(ctx context.Context, n broker.Notice) error {
	work, known := b.config.Work[n.Topic]
	if !known {
		return errUnknown
	}
	return work(ctx, n)
}

// pause is as long as a webhook is old, so that pauses double from try to try
// without anybody counting them.
func pause(age time.Duration) time.Duration { return min(max(age, soonest), latest) }
