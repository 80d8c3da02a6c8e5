package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// How themes sign is known to commands, whichever server has seen it.
func TestUsesReachTheStore(t *testing.T) {
	for name, fresh := range engines {
		t.Run(name, func(t *testing.T) {
			p := onDatabase(t, fresh(t), t.TempDir()+"/test.key")
			p.must("", "tenant", "create", "acme")
			p.must(secretA, "shop", "add", "acme", shopA, "--secret-stdin")
			p.must("", "shop", "policy", "acme", shopA, "v2-observe")
			for range 2 {
				p.serve()
				for _, body := range []string{v1(t, secretA, custom), v2(t, secretA, shopA, custom, time.Now()), v2(t, secretA, shopA, "2", time.Now()), v1(t, secretB, custom)} {
					p.exchange("acme", "", body)
				}
				p.stop() // writes what is left
			}
			shown := p.shown()
			signed := map[string]int64{}
			for _, s := range shown.Signed {
				signed[s.Signature] = s.Uses
			}
			if diff := cmp.Diff(map[string]int64{"v1": 2, "v2": 4}, signed); diff != "" {
				t.Error(diff)
			}
			if shown.Enforce.Safe || !strings.HasPrefix(shown.Enforce.Why, "v1 was used in the last two minutes") || shown.Secrets[0].Used == nil {
				t.Errorf("%+v", shown)
			}
			if _, errs, code := p.command("", "shop", "policy", "acme", shopA, "v2-only"); code != done || !strings.Contains(errs, "Warning: v1 was used") {
				t.Errorf("exit %d: %s", code, errs)
			}
		})
	}
}

// shown is what shop show says.
func (p *program) shown() (v shopView) {
	p.t.Helper()
	out, errs, code := p.command("", "shop", "show", "acme", shopA, "--json")
	if err := json.Unmarshal([]byte(out), &v); code != done || err != nil {
		p.t.Fatalf("exit %d: %v\n%s%s", code, err, out, errs)
	}
	return v
}

func TestEnforce(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	rows := []struct {
		name    string
		policy  broker.Policy
		age     time.Duration // of the shop
		v1, v2  time.Duration // since; zero: never
		safe    bool
		because string
	}{
		{"only v2", broker.V1AndV2, 30 * day, 0, time.Minute, true, "no v1 for 14 days or more, and v2 was used in the last two minutes"},
		{"v1 long ago", broker.V2Observe, 30 * day, 15 * day, 3 * time.Hour, true, "no v1 for 14 days or more, and v2 was used 3 hours ago"},
		{"v1 not so long ago", broker.V2Observe, 30 * day, 13 * day, time.Minute, false, "v1 was used 13 days ago; its customers would be refused"},
		{"v1 just now", broker.V1AndV2, 30 * day, time.Second, time.Minute, false, "v1 was used in the last two minutes; its customers would be refused"},
		{"a new shop", broker.V1AndV2, 13 * day, 0, time.Minute, false, "no v1 so far, but the shop is here for less than 14 days"},
		{"nobody at all", broker.V1AndV2, 30 * day, 0, 0, false, "nobody has signed v2 yet"},
		{"enforced", broker.V2Only, day, 0, 0, true, "it is the shop's policy"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var signed []broker.Signed
			for signature, since := range map[string]time.Duration{"v1": row.v1, "v2": row.v2} {
				if since > 0 {
					signed = append(signed, broker.Signed{Signature: signature, Uses: 1, Last: now.Add(-since)})
				}
			}
			got := enforce(broker.ShopRecord{Policy: row.policy, Created: now.Add(-row.age)}, signed, now)
			if diff := cmp.Diff(enforceView{row.safe, row.because}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		15 * time.Second: "15s", 30 * time.Second: "30s", 20 * time.Minute: "20m", 90 * time.Second: "1m30s", time.Hour: "1h",
		90 * time.Minute: "1h30m", 24 * time.Hour: "24h", 7 * 24 * time.Hour: "7 days", time.Hour + time.Second: "1h0m1s",
	} {
		if got := span(d); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
