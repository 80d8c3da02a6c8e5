package broker_test

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// What tells an operator that v1 or an older secret is out of use must not be
// drowned by visitors who come another way.
func TestUsageCountsWhatThemesSign(t *testing.T) {
	var u broker.Usage
	for _, c := range []struct {
		method broker.Method
		older  bool
	}{{broker.HMAC, false}, {broker.HMAC2, true}, {broker.HMAC2, false}, {broker.Proxied, true}, {broker.Extension, false}} {
		u.Count(c.method, c.older)
	}
	if got := [4]int64{u.V1.Load(), u.V2.Load(), u.Newer.Load(), u.Older.Load()}; got != [4]int64{1, 2, 2, 1} {
		t.Errorf("v1, v2, newer, older: %v", got)
	}
}

func TestAFormerClientSecretCountsUntil(t *testing.T) {
	now := time.Unix(1795200000, 0)
	app := broker.ShopifyApp{Secrets: []broker.AppSecret{{}, {Until: now}}}
	for at, want := range map[time.Time]int{now: 2, now.Add(time.Second): 1} {
		if got := len(app.Live(at)); got != want {
			t.Errorf("at %v: %d secrets, want %d", at, got, want)
		}
	}
	if only := (&broker.ShopifyApp{Secrets: []broker.AppSecret{{}}}); len(only.Live(now)) != 1 {
		t.Error("the only secret has ended")
	}
}
