package usage

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

type notes struct {
	list  []broker.TokenUse
	err   error
	calls int
}

func (n *notes) UseAPITokens(_ context.Context, uses []broker.TokenUse) error {
	n.calls++
	n.list = append(n.list, uses...)
	return n.err
}

// The last use of an API token is noted, and that of nothing else.
func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &notes{}
		var log strings.Builder
		r := NewTokens(n, slog.New(slog.NewTextHandler(&log, nil)), time.Now)
		ctx, end := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.Run(ctx); close(done) }()
		of := func(kind broker.TokenKind) broker.Identity {
			return broker.Identity{Token: &broker.Shown{Kind: kind, ID: "1"}}
		}
		api := of(broker.AnAPIToken)
		for _, e := range []broker.Event{
			{Tenant: "refused", Identity: api, Err: errors.New("x")},
			{Tenant: "asked about", Grant: broker.Introspection, Identity: api},
			{Tenant: "ended", Grant: broker.Revocation, Identity: api},
			{Tenant: "another kind", Grant: broker.Bearer, Identity: of(broker.AnAccessToken)},
			{Tenant: "no token", Grant: broker.Bearer},
			{Tenant: "used", Grant: broker.Bearer, Identity: api},
		} {
			r.Record(e)
		}
		time.Sleep(time.Second)
		r.Record(broker.Event{Tenant: "used", Grant: broker.Bearer, Identity: api})
		last := time.Now()
		time.Sleep(Every)
		synctest.Wait()
		want := []broker.TokenUse{{Tenant: "used", ID: "1", At: last}}
		if diff := cmp.Diff(want, n.list); diff != "" {
			t.Error(diff)
		}
		time.Sleep(Every)
		synctest.Wait()
		r.Record(broker.Event{Tenant: "speaks for somebody", Grant: broker.MintProfile, Identity: broker.Identity{Actor: &api}})
		n.err = errors.New("away")
		end()
		<-done
		want = append(want, broker.TokenUse{Tenant: "speaks for somebody", ID: "1", At: time.Now()})
		if diff := cmp.Diff(want, n.list); diff != "" {
			t.Error(diff)
		}
		if n.calls != 2 || !strings.Contains(log.String(), "could not be recorded") {
			t.Errorf("%d calls; the log says %q", n.calls, log.String())
		}
	})
}
