package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// enforce tells whether v2-only would lock anybody out.
func enforce(shop broker.ShopRecord, signed []broker.Signed, now time.Time) enforceView {
	last := map[string]time.Time{}
	for _, s := range signed {
		last[s.Signature] = s.Last
	}
	v1, v2 := last["v1"], last["v2"]
	switch {
	case shop.Policy == broker.V2Only:
		return enforceView{true, "it is the shop's policy"}
	case now.Sub(v1) < outOfUse:
		return enforceView{false, "v1 was used " + ago(now, v1) + "; its customers would be refused"}
	case v2.IsZero():
		return enforceView{false, "nobody has signed v2 yet"}
	case now.Sub(latest(shop.Created, v1)) < outOfUse:
		return enforceView{false, fmt.Sprintf("no v1 so far, but the shop is here for less than %d days", int(outOfUse.Hours()/24))}
	}
	return enforceView{true, fmt.Sprintf("no v1 for %d days or more, and v2 was used %s", int(outOfUse.Hours()/24), ago(now, v2))}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// ago is a time for people, in its largest unit.
func ago(now, t time.Time) string {
	d := now.Sub(t)
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "days"}, {time.Hour, "hours"}, {time.Minute, "minutes"}} {
		if d >= 2*unit.of {
			return fmt.Sprintf("%d %s ago", d/unit.of, unit.name)
		}
	}
	return "in the last two minutes"
}

func (v shopView) text(tenant string, now time.Time) string {
	rows := [][]string{
		{v.Shop, "of " + tenant},
		{"policy", v.Policy + ", v2 signatures are good for " + span(v.maxAge)},
	}
	for i, s := range v.Secrets {
		name := "secret"
		if i < len(v.Secrets)-1 {
			name = "older secret"
		}
		rows = append(rows, []string{name, "made " + rfc3339(s.Made) + ", last used " + when(now, s.Used)})
	}
	for _, s := range v.Signed {
		rows = append(rows, []string{s.Signature, fmt.Sprintf("%d exchanges, the last %s", s.Uses, ago(now, s.Last))})
	}
	rows = append(rows, []string{"v2-only", map[bool]string{true: "safe: ", false: "not yet: "}[v.Enforce.Safe] + v.Enforce.Why})
	if r := v.Rotation; r != nil {
		rows = append(rows, []string{"rotation", r.text(now)})
	}
	if v.Admin != nil {
		rows = append(rows, []string{"Admin API", "granted " + rfc3339(v.Admin.Granted) + ", the metafield is the " + string(v.Admin.Holder) + "'s"})
	}
	if v.AppClient != "" {
		rows = append(rows, []string{"app", v.AppClient})
	}
	return table(rows)
}

func (r *rotationView) text(now time.Time) string {
	parts := []string{"began " + ago(now, r.Began)}
	if r.Written == nil {
		parts = append(parts, "themes do not sign with the newer secret yet")
	} else {
		parts = append(parts, "themes sign with the newer secret since "+rfc3339(*r.Written))
	}
	parts = append(parts, "the older one is retired "+ending(r.plan))
	if r.Problem != "" {
		parts = append(parts, "in its way: "+r.Problem)
	}
	return strings.Join(parts, "; ")
}

func when(now time.Time, t *time.Time) string {
	if t == nil {
		return "never"
	}
	return ago(now, *t)
}
