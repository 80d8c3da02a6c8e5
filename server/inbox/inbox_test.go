package inbox

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// memory is a store that several inboxes may share; storetest has what the real
// ones do.
type memory struct {
	mu    sync.Mutex
	rows  map[string]broker.Notice
	ended map[string]bool
	away  error
}

func newMemory() *memory {
	return &memory{rows: map[string]broker.Notice{}, ended: map[string]bool{}}
}

func (m *memory) ReceiveWebhook(_ context.Context, n broker.Notice) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.rows[n.ID]; there || m.away != nil {
		return false, m.away
	}
	m.rows[n.ID] = n
	return true, nil
}

func (m *memory) DueWebhooks(_ context.Context, now time.Time, limit int) (list []broker.Notice, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.rows {
		if !m.ended[n.ID] && !n.Due.After(now) && len(list) < limit {
			list = append(list, n)
		}
	}
	return list, m.away
}

func (m *memory) ClaimWebhook(_ context.Context, n broker.Notice, until time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.rows[n.ID]
	if m.ended[n.ID] || !now.Due.Equal(n.Due) {
		return false, m.away
	}
	now.Due = until
	m.rows[n.ID] = now
	return m.away == nil, m.away
}

func (m *memory) EndWebhook(_ context.Context, n broker.Notice) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended[n.ID] = m.away == nil
	return m.away
}

func (m *memory) isEnded(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ended[id]
}

func (m *memory) cut(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.away = err
}

// office is an inbox whose work is noted.
type office struct {
	*Inbox
	mu   sync.Mutex
	done []time.Duration // since the office was opened
	fail error
	log  strings.Builder
}

func newOffice(m *memory) *office {
	o := &office{}
	began := time.Now()
	work := func(context.Context, broker.Notice) error {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.done = append(o.done, time.Since(began))
		return o.fail
	}
	o.Inbox = New(Config{Store: m, Log: slog.New(slog.NewTextHandler(&o.log, nil)), Now: time.Now, Work: map[broker.Topic]Work{
		broker.CustomersRedact: work, broker.CustomersDataRequest: work, broker.ShopRedact: work,
	}})
	return o
}

// run opens the office until the test's bubble ends it.
func (o *office) run() (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { o.Run(ctx); close(done) }()
	return func() { cancel(); <-done }
}

func (o *office) take(t *testing.T, id string, topic broker.Topic) error {
	t.Helper()
	d := delivery(topic, bodies[topic])
	d.ID = id
	return o.Take(context.Background(), "acme", shop, d)
}

func times(t *testing.T, o *office, want ...time.Duration) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if diff := cmp.Diff(want, o.done); diff != "" {
		t.Errorf("worked at\n%s", diff)
	}
}

// What is taken in is worked on at once, and once, though it comes again.
func TestAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		o := newOffice(m)
		defer o.run()()
		time.Sleep(time.Second)
		for range 3 {
			if err := o.take(t, "w1", broker.CustomersRedact); err != nil {
				t.Error(err)
			}
			synctest.Wait()
		}
		time.Sleep(time.Hour)
		times(t, o, time.Second)
		synctest.Wait()
		if n := m.rows["w1"]; n.Tenant != "acme" || n.Shop != shop || n.Customer != "191167" {
			t.Errorf("%+v", n)
		}
	})
}

// A second server does what the first has taken in and not lived to do.
func TestLeftUndone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		dead, alive := newOffice(m), newOffice(m)
		defer alive.run()()
		time.Sleep(time.Second)
		if err := dead.take(t, "w1", broker.CustomersRedact); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		times(t, dead)
		times(t, alive, every)
	})
}

// So it does with what the first has died of in the middle.
func TestDiedAtWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		dead, alive := newOffice(m), newOffice(m)
		if err := dead.take(t, "w1", broker.CustomersRedact); err != nil {
			t.Error(err)
		}
		n := m.rows["w1"]
		if ours, err := m.ClaimWebhook(context.Background(), n, time.Now().Add(pause(0))); !ours || err != nil {
			t.Fatal(ours, err)
		}
		defer alive.run()()
		time.Sleep(time.Minute)
		times(t, alive, soonest)
	})
}

// stale shows a webhook as it was before somebody claimed it.
type stale struct {
	*memory
	n broker.Notice
}

func (s stale) DueWebhooks(context.Context, time.Time, int) ([]broker.Notice, error) {
	return []broker.Notice{s.n}, nil
}

// What another has claimed in the meantime is left to them.
func TestClaimedByAnother(t *testing.T) {
	m := newMemory()
	o := newOffice(m)
	if err := o.take(t, "w1", broker.CustomersRedact); err != nil {
		t.Error(err)
	}
	n := m.rows["w1"]
	if ours, err := m.ClaimWebhook(t.Context(), n, n.Due.Add(time.Minute)); !ours || err != nil {
		t.Fatal(ours, err)
	}
	o.config.Store = stale{m, n}
	o.Round(t.Context())
	times(t, o)
	if m.isEnded("w1") {
		t.Error("it was ended")
	}
}

// Failures are tried again, after pauses that double up to an hour.
func TestPausesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		o := newOffice(m)
		o.fail = errors.New("disk on fire")
		defer o.run()()
		if err := o.take(t, "w1", broker.ShopRedact); err != nil {
			t.Error(err)
		}
		time.Sleep(6 * time.Minute)
		times(t, o, 0, 30*time.Second, time.Minute, 2*time.Minute, 4*time.Minute)
		time.Sleep(48 * time.Hour)
		o.mu.Lock()
		tries := len(o.done)
		o.fail = nil
		o.mu.Unlock()
		if tries < 48 || tries > 60 {
			t.Errorf("%d tries in two days", tries)
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if !m.isEnded("w1") {
			t.Error("it never ended")
		}
		if log := o.log.String(); !strings.Contains(log, "disk on fire") || !strings.Contains(log, "topic=shop/redact") {
			t.Errorf("the log: %.300s", log)
		}
	})
}

// A request for data waits for the operator, and ends after thirty days.
func TestInquiryEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		o := newOffice(m)
		defer o.run()()
		if err := o.take(t, "w1", broker.CustomersDataRequest); err != nil {
			t.Error(err)
		}
		time.Sleep(31 * 24 * time.Hour)
		times(t, o, 30*24*time.Hour)
		if !m.isEnded("w1") {
			t.Error("it did not end")
		}
	})
}

// More than one look's worth is worked off in one round.
func TestMany(t *testing.T) {
	m := newMemory()
	o := newOffice(m)
	for i := range 250 {
		if err := o.take(t, strings.Repeat("w", i%120+1)+"-"+string(rune('a'+i/120)), broker.CustomersRedact); err != nil {
			t.Fatal(err)
		}
	}
	o.Round(t.Context())
	if len(m.ended) != 250 {
		t.Errorf("%d of 250 are done", len(m.ended))
	}
}

// What this version does not know is left for one that does.
func TestUnknownWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		o := newOffice(m)
		if err := o.take(t, "w1", broker.AppUninstalled); err != nil {
			t.Error(err)
		}
		o.Round(t.Context())
		if m.isEnded("w1") || !strings.Contains(o.log.String(), "newer version") {
			t.Errorf("ended %t; %s", m.isEnded("w1"), &o.log)
		}
	})
}

// While the database is away nothing is lost and the log is told once; Shopify
// is asked to come again.
func TestAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		o := newOffice(m)
		if err := o.take(t, "w1", broker.CustomersRedact); err != nil {
			t.Error(err)
		}
		m.cut(errors.New("canary: away"))
		end := o.run()
		time.Sleep(time.Hour + time.Second)
		err := o.take(t, "w2", broker.CustomersRedact)
		if e := broker.AsError(err); err == nil || e.Code != broker.Unavailable || e.RetryAfter == 0 || strings.Contains(e.Message, "canary") {
			t.Errorf("%v", err)
		}
		times(t, o)
		m.cut(nil)
		time.Sleep(every + time.Second)
		times(t, o, time.Hour+every)
		end()
		if log := o.log.String(); strings.Count(log, "webhooks wait") != 1 || strings.Count(log, "worked on again") != 1 {
			t.Errorf("the log: %s", log)
		}
	})
}

// Bad webhooks never reach the store, and what is no concern of ours is kept by nobody.
func TestTakesOnlyWhatItKnows(t *testing.T) {
	m := newMemory()
	o := newOffice(m)
	if err := o.Take(t.Context(), "acme", "other.myshopify.com", delivery(broker.ShopRedact, forgetBody)); broker.AsError(err).Code != broker.InvalidRequest {
		t.Errorf("another shop's: %v", err)
	}
	if err := o.Take(t.Context(), "acme", shop, delivery("orders/create", `{}`)); err != nil || len(m.rows) > 0 {
		t.Errorf("an unknown topic: %v, %v", err, m.rows)
	}
}
