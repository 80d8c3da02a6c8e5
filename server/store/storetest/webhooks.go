package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// Notice is a webhook of a tenant's shop A, due at Noon.
func Notice(tenant, id string, topic broker.Topic, customer, kept string) broker.Notice {
	return broker.Notice{
		Tenant: tenant, ID: id, Shop: shopA, Topic: topic, Customer: customer, Kept: kept,
		Happened: Noon.Add(-time.Minute), Received: Noon, Due: Noon,
	}
}

func redact(tenant, id string, c broker.CustomerRef) broker.Notice {
	return Notice(tenant, id, broker.CustomersRedact, c.ID, "")
}

func receive(t *testing.T, s *store.Store, n broker.Notice) (fresh bool) {
	t.Helper()
	return get[bool](t)(s.ReceiveWebhook(t.Context(), n))
}

func due(t *testing.T, s *store.Store, at time.Time) []broker.Notice {
	t.Helper()
	return get[[]broker.Notice](t)(s.DueWebhooks(t.Context(), at, 100))
}

func yeses(answers []bool) (n int) {
	for _, yes := range answers {
		if yes {
			n++
		}
	}
	return n
}

// withShop is a tenant with shop A.
func withShop(t *testing.T, s *store.Store, name string) store.Tenant {
	t.Helper()
	tenant := Tenant(t, s, name)
	do(t, tenant.AddShop(t.Context(), Shop(shopA), Secret(name)))
	return tenant
}

var webhooks = []promise{
	{"a webhook comes back as it was received, when it is due", func(t *testing.T, url string) {
		s := Open(t, url)
		withShop(t, s, "acme")
		n := Notice("acme", "w1", broker.CustomersMerge, jane.ID, june.ID)
		n.Due = Noon.Add(time.Hour)
		same(t, "fresh", receive(t, s, n), true)
		same(t, "before", due(t, s, n.Due.Add(-time.Second)), nil)
		same(t, "then", due(t, s, n.Due), []broker.Notice{n})
		same(t, "none asked for", len(get[[]broker.Notice](t)(s.DueWebhooks(t.Context(), n.Due, 0))), 0)
		_, err := s.ReceiveWebhook(t.Context(), Notice("gone", "w1", broker.ShopRedact, "", ""))
		want(t, "a tenant that is gone", err, broker.ErrNoTenant)
	}},
	{"of many who receive a webhook at once one is first", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		withShop(t, s, "acme")
		withShop(t, s, "bell")
		fresh := make([]bool, 16)
		for _, err := range crowd(len(fresh), func(i int) (err error) {
			fresh[i], err = []*store.Store{s, other}[i%2].ReceiveWebhook(t.Context(), redact("acme", "w1", jane))
			return err
		}) {
			want(t, "receive", err, nil)
		}
		same(t, "who was first", yeses(fresh), 1)
		same(t, "another tenant's of that id", receive(t, s, redact("bell", "w1", jane)), true)
		same(t, "due", len(due(t, s, Noon)), 2)
	}},
	{"of many who claim a webhook one works on it", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		withShop(t, s, "acme")
		n := redact("acme", "w1", jane)
		receive(t, s, n)
		ours := make([]bool, 16)
		for _, err := range crowd(len(ours), func(i int) (err error) {
			ours[i], err = []*store.Store{s, other}[i%2].ClaimWebhook(t.Context(), n, Noon.Add(time.Duration(i+1)*time.Minute))
			return err
		}) {
			want(t, "claim", err, nil)
		}
		same(t, "who works on it", yeses(ours), 1)
		same(t, "due", due(t, s, Noon), nil)
		same(t, "later", len(due(t, s, Noon.Add(time.Hour))), 1)
	}},
	{"of a webhook that is done nobody's id is kept, and it does not come again", func(t *testing.T, url string) {
		s := Open(t, url)
		withShop(t, s, "acme")
		n := Notice("acme", "w1", broker.CustomersMerge, jane.ID, june.ID)
		receive(t, s, n)
		if all := contents(t, url); !holds(all, jane.ID) || !holds(all, june.ID) {
			t.Error("a search that does not find what is there proves nothing")
		}
		do(t, s.EndWebhook(t.Context(), n))
		do(t, s.EndWebhook(t.Context(), n))
		same(t, "claimed", get[bool](t)(s.ClaimWebhook(t.Context(), n, Noon)), false)
		do(t, s.Sweep(t.Context(), Noon))
		if all := contents(t, url); holds(all, jane.ID) || holds(all, june.ID) {
			t.Error("the customers still stand in the database")
		}
		same(t, "fresh", receive(t, s, n), false)
		same(t, "due", due(t, s, Noon.Add(365*day)), nil)
	}},
	{"webhooks are swept a week after they came, if they are done with", func(t *testing.T, url string) {
		s := Open(t, url)
		withShop(t, s, "acme")
		for _, id := range []string{"done", "waits"} {
			receive(t, s, redact("acme", id, jane))
		}
		do(t, s.EndWebhook(t.Context(), redact("acme", "done", jane)))
		left := func() []string { return column(t, raw(t, url), `SELECT id FROM webhook ORDER BY id`) }
		do(t, s.Sweep(t.Context(), Noon.Add(7*day)))
		same(t, "after a week", left(), []string{"done", "waits"})
		do(t, s.Sweep(t.Context(), Noon.Add(7*day+time.Microsecond)))
		same(t, "and a moment", left(), []string{"waits"})
		tamper(t, url, `INSERT INTO webhook (tenant, id, shop, topic, customer, kept, happened, received)
			WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 1200)
			SELECT 'acme', CAST(n AS TEXT), 's', 't', '', '', 0, 0 FROM count`)
		do(t, s.Sweep(t.Context(), Noon.Add(7*day+time.Microsecond)))
		same(t, "of very many", left(), []string{"waits"})
	}},
	{"a tenant has so many webhooks waiting and no more", func(t *testing.T, url string) {
		s := Open(t, url)
		withShop(t, s, "acme")
		withShop(t, s, "bell")
		tamper(t, url, `INSERT INTO webhook (tenant, id, shop, topic, customer, kept, happened, received, due)
			WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 9999)
			SELECT 'acme', CAST(n AS TEXT), 's', 't', '', '', 0, 0, 0 FROM count`)
		same(t, "the last", receive(t, s, redact("acme", "last", jane)), true)
		_, err := s.ReceiveWebhook(t.Context(), redact("acme", "one more", jane))
		want(t, "one more", err, store.ErrFull)
		same(t, "one that is here", receive(t, s, redact("acme", "last", jane)), false)
		same(t, "another tenant's", receive(t, s, redact("bell", "one more", jane)), true)
		do(t, s.EndWebhook(t.Context(), redact("acme", "1", jane)))
		same(t, "where one was done", receive(t, s, redact("acme", "one more", jane)), true)
	}},
	{"a merge gives both customers one profile id", func(t *testing.T, url string) {
		s := Open(t, url)
		for i, row := range merges {
			t.Run(row.name, func(t *testing.T) { row.check(t, s, fmt.Sprint("tenant-", i)) })
		}
	}},
	{"of blocked customers a merge keeps nothing", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := withShop(t, s, "acme")
		do(t, acme.Block(t.Context(), jane))
		do(t, acme.MergeProfiles(t.Context(), shopA, june.ID, jane.ID))
		do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", june, "p-of-june", Noon)}))
		before := revision(t, s)
		do(t, acme.MergeProfiles(t.Context(), shopA, jane.ID, june.ID))
		do(t, acme.MergeProfiles(t.Context(), shopA, june.ID, jane.ID))
		do(t, acme.MergeProfiles(t.Context(), shopB, jane.ID, june.ID)) // no such shop
		same(t, "links", load(t, acme).Links, nil)
		same(t, "the revision", revision(t, s), before)
		if holds(contents(t, url), jane.ID) {
			t.Error("the blocked customer stands in the database")
		}
	}},
	{"blocking a customer ends what webhooks ask about them", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := withShop(t, s, "acme")
		withShop(t, s, "bell")
		for id, n := range map[string]broker.Notice{
			"1": redact("acme", "1", jane), "2": Notice("acme", "2", broker.CustomersDataRequest, jane.ID, ""),
			"3": Notice("acme", "3", broker.CustomersMerge, june.ID, jane.ID), "4": redact("acme", "4", june), "5": redact("bell", "5", jane),
		} {
			if !receive(t, s, n) {
				t.Error(id, "is not fresh")
			}
		}
		elsewhere := redact("acme", "6", jane)
		elsewhere.Shop = shopB
		receive(t, s, elsewhere)
		do(t, acme.Block(t.Context(), jane))
		same(t, "left", due(t, s, Noon), []broker.Notice{redact("acme", "4", june), elsewhere, redact("bell", "5", jane)})
	}},
	{"an inquiry says what is held, until it is ended", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := withShop(t, s, "acme")
		do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen("acme", jane, "p-of-jane", Noon.Add(-day))}))
		do(t, acme.LinkProfile(t.Context(), broker.Link{Customer: june, PID: "linked"}))
		ask := func(id, customer string, received time.Time) {
			n := Notice("acme", id, broker.CustomersDataRequest, customer, "")
			n.Received, n.Due = received, received.Add(30*day)
			receive(t, s, n)
		}
		ask("w1", june.ID, Noon.Add(time.Hour))
		ask("w2", jane.ID, Noon)
		ask("w3", "99", Noon.Add(2*time.Hour))
		receive(t, s, redact("acme", "w4", june))
		list := []broker.Inquiry{
			{ID: "w2", Customer: jane, Received: Noon, Ends: Noon.Add(30 * day), Profile: broker.Profile{PID: "p-of-jane", Customer: jane, FirstSeen: Noon.Add(-day)}},
			{ID: "w1", Customer: june, Received: Noon.Add(time.Hour), Ends: Noon.Add(30*day + time.Hour), Profile: broker.Profile{PID: "linked", Customer: june, FirstSeen: Noon}, Linked: true},
			{ID: "w3", Customer: broker.CustomerRef{Shop: shopA, ID: "99"}, Received: Noon.Add(2 * time.Hour), Ends: Noon.Add(30*day + 2*time.Hour)},
		}
		same(t, "inquiries", get[[]broker.Inquiry](t)(acme.Inquiries(t.Context())), list)
		do(t, acme.EndInquiry(t.Context(), "w3"))
		same(t, "inquiries", get[[]broker.Inquiry](t)(acme.Inquiries(t.Context())), list[:2])
		for _, id := range []string{"w3", "w4", "w5"} {
			want(t, "ending "+id, acme.EndInquiry(t.Context(), id), store.ErrNotFound)
		}
		same(t, "still asked for", due(t, s, Noon), []broker.Notice{redact("acme", "w4", june)})
	}},
	{"a shop's customers are forgotten, but for those who are blocked", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := withShop(t, s, "acme")
		withShop(t, s, "bell")
		var batch []broker.Sighting
		for i := range 1201 {
			batch = append(batch, seen("acme", broker.CustomerRef{Shop: shopA, ID: fmt.Sprint(8_001_000 + i)}, "p", Noon))
		}
		other := broker.CustomerRef{Shop: shopB, ID: "9001"}
		do(t, s.RecordProfiles(t.Context(), append(batch, seen("acme", other, "p", Noon), seen("bell", june, "p", Noon))))
		do(t, acme.LinkProfile(t.Context(), broker.Link{Customer: june, PID: "p-of-june"}))
		do(t, acme.Block(t.Context(), jane))
		for id, topic := range map[string]broker.Topic{"1": broker.CustomersMerge, "2": broker.CustomersDataRequest, "3": broker.CustomersRedact, "4": broker.ShopRedact} {
			receive(t, s, Notice("acme", id, topic, "8001001", ""))
		}
		do(t, acme.ForgetCustomers(t.Context(), shopA))
		do(t, acme.ForgetCustomers(t.Context(), shopA))
		same(t, "profiles", column(t, raw(t, url), `SELECT tenant || ' ' || customer FROM profile ORDER BY tenant`), []string{"acme 9001", "bell " + june.ID})
		r := load(t, acme)
		same(t, "links", r.Links, nil)
		same(t, "blocked", len(r.Blocked), 1)
		same(t, "secrets", len(r.Shops[0].Secrets), 1)
		same(t, "webhooks", column(t, raw(t, url), `SELECT id FROM webhook WHERE due IS NOT NULL ORDER BY id`), []string{"3", "4"})
	}},
}

// merging is what is known of two customers before they become one.
type merging struct {
	name       string
	gone, kept string // which profile id they have; empty: they have not been seen
	want       string // whose id both have in the end
}

var merges = []merging{
	{name: "both seen", gone: "derived", kept: "derived", want: "kept"},
	{name: "only the one that is kept", kept: "derived", want: "kept"},
	{name: "only the one that is gone", gone: "derived", want: "gone"},
	{name: "neither", want: "kept"},
	{name: "the one that is gone, linked", gone: "linked", want: "linked"},
	{name: "both, the one that is gone linked", gone: "linked", kept: "derived", want: "kept"},
	{name: "both, the one that is kept linked", gone: "derived", kept: "linked", want: "linked"},
}

func (m merging) check(t *testing.T, s *store.Store, name string) {
	tenant := withShop(t, s, name)
	pids := map[string]string{"gone": derive(t, tenant, jane), "kept": derive(t, tenant, june), "linked": "linked-" + name}
	for c, state := range map[broker.CustomerRef]string{jane: m.gone, june: m.kept} {
		switch state {
		case "derived":
			do(t, s.RecordProfiles(t.Context(), []broker.Sighting{seen(name, c, derive(t, tenant, c), Noon)}))
		case "linked":
			do(t, tenant.LinkProfile(t.Context(), broker.Link{Customer: c, PID: pids["linked"]}))
		}
	}
	for range 2 { // it may be done again
		do(t, tenant.MergeProfiles(t.Context(), shopA, jane.ID, june.ID))
		same(t, "gone", served(t, tenant, jane), pids[m.want])
		same(t, "kept", served(t, tenant, june), pids[m.want])
	}
}

// served is the profile id that a token would have.
func served(t *testing.T, tenant store.Tenant, c broker.CustomerRef) string {
	t.Helper()
	r := load(t, tenant)
	links := map[broker.CustomerRef]string{}
	for _, l := range r.Links {
		links[l.Customer] = l.PID
	}
	b := &broker.Tenant{Links: links, Pseudonyms: pseudonyms(t, r)}
	return b.PID(c.Shop, c.ID)
}
