package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// Session is what a user has allowed a client at Noon. Nobody has taken its code,
// and it never ends.
func Session(id, client, user string) broker.Session {
	return broker.Session{
		ID: id, Client: client, Subject: broker.Subject{Kind: broker.Person, ID: user}, Scopes: broker.Scopes{"profiles.read"},
		Redirect: "https://app.example/back", Method: "pwd", SignedIn: Noon.Add(-time.Minute), Salt: [16]byte{1, 2, 3}, Started: Noon,
	}
}

// peopled is a tenant with the clients c and d and the users u and v.
func peopled(t *testing.T, s *store.Store, name string) store.Tenant {
	t.Helper()
	tenant := Tenant(t, s, name)
	for _, id := range []string{"c", "d"} {
		do(t, tenant.AddClient(t.Context(), Client(id), nil))
	}
	for _, id := range []string{"u", "v"} {
		do(t, tenant.AddUser(t.Context(), User(id)))
	}
	return tenant
}

// begin stores a session whose code is "code ID" and ends in a minute.
func begin(t *testing.T, tenant store.Tenant, s broker.Session) {
	t.Helper()
	do(t, tenant.AddSession(t.Context(), s, *Sum("code " + s.ID), Noon.Add(time.Minute), true))
}

// taken is a session that began and whose code was taken.
func taken(t *testing.T, tenant store.Tenant, s broker.Session) broker.Session {
	t.Helper()
	begin(t, tenant, s)
	return take(t, tenant, s)
}

// take takes a session's code.
func take(t *testing.T, tenant store.Tenant, s broker.Session) broker.Session {
	t.Helper()
	after := tookAt(s, Noon)
	do(t, tenant.MoveSession(t.Context(), s, after, nil))
	return after
}

// tookAt is what a session is once its code was taken.
func tookAt(s broker.Session, at time.Time) broker.Session {
	s.Generation, s.Rotated = 1, at
	return s
}

func session(t *testing.T, tenant store.Tenant, id string) broker.Session {
	t.Helper()
	return get[broker.Session](t)(tenant.Session(t.Context(), id))
}

var sessions = []promise{
	{"a session comes back as it was stored, ended or not", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := peopled(t, s, "acme"), peopled(t, s, "bell")
		full := Session("full", "c", "u")
		full.Audience, full.Challenge, full.Nonce = []string{"https://api.example"}, "challenge", "nonce"
		full.Expires, full.Idle, full.Rotated, full.Revoked = Noon.Add(-time.Hour), Noon.Add(-2*time.Hour), Noon.Add(-3*time.Hour), Noon.Add(-4*time.Hour)
		full.Generation, full.Repeated = 7, 2
		before := revision(t, s)
		begin(t, acme, full)
		begin(t, acme, broker.Session{ID: "bare", Client: "c", Subject: full.Subject})
		same(t, "full", session(t, acme, "full"), full)
		same(t, "bare", session(t, acme, "bare"), broker.Session{ID: "bare", Client: "c", Subject: full.Subject, Started: Noon})
		same(t, "the revision", revision(t, s), before)
		for what, tenant := range map[string]store.Tenant{"another tenant": bell, "a missing one": s.In("gone")} {
			_, err := tenant.Session(t.Context(), "full")
			want(t, what, err, store.ErrNotFound)
		}
	}},
	{"a form is answered once", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := peopled(t, s, "acme")
		first := Session("1", "c", "u")
		begin(t, acme, first)
		second := Session("1", "d", "v")
		want(t, "again", acme.AddSession(t.Context(), second, *Sum("another"), Noon.Add(time.Hour), true), store.ErrExists)
		want(t, "its code", acme.AddSession(t.Context(), Session("2", "c", "u"), *Sum("code 1"), Noon.Add(time.Hour), true), store.ErrExists)
		same(t, "the session", session(t, acme, "1"), first)
		begin(t, peopled(t, s, "bell"), first)
		stores := []*store.Store{s, Open(t, url)}
		oneWinner(t, crowd(16, func(i int) error {
			return stores[i%2].In("acme").AddSession(t.Context(), Session("3", "c", "u"), *Sum(fmt.Sprint("new ", i)), Noon, true)
		}), store.ErrExists)
	}},
	{"sessions and sign-ins are of persons", func(t *testing.T, url string) {
		acme := peopled(t, Open(t, url), "acme")
		for kind := range broker.Program + 2 {
			subject, name := broker.Subject{Kind: kind, ID: "u"}, fmt.Sprint(kind)
			s := Session(name, "c", "u")
			s.Subject = subject
			same(t, "a session", acme.AddSession(t.Context(), s, *Sum(name), Noon, true) == nil, kind == broker.Person)
			same(t, "a sign-in", acme.AddSignIn(t.Context(), *Sum(name), broker.SignIn{Subject: subject}) == nil, kind == broker.Person)
		}
	}},
	{"a session has an id", func(t *testing.T, url string) {
		acme := peopled(t, Open(t, url), "acme")
		if acme.AddSession(t.Context(), Session("", "c", "u"), *Sum("1"), Noon, true) == nil {
			t.Error("it was stored without")
		}
	}},
	{"nobody who is gone has a session, a sign-in or a consent", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := peopled(t, s, "acme")
		bell := peopled(t, s, "bell")
		do(t, bell.AddClient(t.Context(), Client("e"), nil))
		do(t, bell.AddUser(t.Context(), User("w")))
		for what, row := range map[string]struct {
			tenant       store.Tenant
			client, user string
		}{"user": {acme, "c", "w"}, "client": {acme, "e", "u"}, "tenant": {s.In("gone"), "c", "u"}, "both the other's": {acme, "u", "c"}} {
			want(t, "a session, no "+what, row.tenant.AddSession(t.Context(), Session("1", row.client, row.user), *Sum("1"), Noon, true), store.ErrNotFound)
		}
		want(t, "a sign-in", acme.AddSignIn(t.Context(), *Sum("1"), SignIn("w")), store.ErrNotFound)
	}},
	{"whoever goes meanwhile leaves nothing behind", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		for n := range 24 {
			name := fmt.Sprint("t", n)
			tenant, behind := peopled(t, s, name), other.In(name)
			leave := []func() error{
				func() error { return tenant.DeleteUser(t.Context(), "u") }, func() error { return tenant.DeleteClient(t.Context(), "c") },
				func() error { return tenant.Delete(t.Context()) },
			}[n%3]
			stay := []func() error{
				leave,
				func() error { return behind.AddSession(t.Context(), Session("1", "c", "u"), *Sum("1"), Noon, true) },
				func() error { return behind.AddSignIn(t.Context(), *Sum("1"), SignIn("u")) },
			}
			for i, err := range crowd(len(stay), func(i int) error { return stay[i]() }) {
				if err != nil && (i == 0 || !errors.Is(err, store.ErrNotFound)) {
					t.Errorf("round %d, %d: %v", n, i, err)
				}
			}
			if n%3 == 1 { // a client has no sign-ins
				do(t, tenant.EndSignIn(t.Context(), *Sum("1")))
			}
		}
		for _, table := range []string{"session", "consent", "sign_in"} {
			same(t, table, column(t, raw(t, url), `SELECT tenant FROM `+table), nil)
		}
	}},
	{"a user's sessions are those that have not ended, newest first", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := peopled(t, s, "acme")
		for id, edit := range map[string]func(*broker.Session){
			"old": func(s *broker.Session) { s.Started = Noon.Add(-time.Hour) }, "b": func(*broker.Session) {}, "a": func(*broker.Session) {},
			"expired": func(s *broker.Session) { s.Expires = Noon }, "later": func(s *broker.Session) { s.Expires = Noon.Add(time.Microsecond) },
			"idle": func(s *broker.Session) { s.Idle = Noon }, "resting": func(s *broker.Session) { s.Idle = Noon.Add(time.Microsecond) },
			"expired first": func(s *broker.Session) { s.Expires, s.Idle = Noon, Noon.Add(time.Hour) },
			"idle first":    func(s *broker.Session) { s.Expires, s.Idle = Noon.Add(time.Hour), Noon },
			"both":          func(s *broker.Session) { s.Expires, s.Idle = Noon.Add(time.Hour), Noon.Add(time.Hour) },
			"revoked":       func(s *broker.Session) { s.Revoked = Noon.Add(time.Hour) }, // by a clock that differs
			"another's":     func(s *broker.Session) { s.Subject.ID = "v" },
		} {
			s := Session(id, "c", "u")
			s.Generation = 1
			edit(&s)
			begin(t, acme, s)
		}
		do(t, acme.AddSession(t.Context(), Session("untaken", "c", "u"), *Sum("1"), Noon.Add(time.Microsecond), true))
		do(t, acme.AddSession(t.Context(), Session("not taken in time", "c", "u"), *Sum("2"), Noon, true))
		begin(t, acme, Session("of another kind", "c", "u"))
		tamper(t, url, `UPDATE session SET kind = 'client' WHERE id = 'of another kind'`)
		begin(t, peopled(t, s, "bell"), Session("another tenant's", "c", "u"))
		listed := func(user string) (ids []string) {
			for _, s := range get[[]broker.Session](t)(acme.Sessions(t.Context(), user)) {
				ids = append(ids, s.ID)
			}
			return ids
		}
		same(t, "listed", listed("u"), []string{"untaken", "resting", "later", "both", "b", "a", "old"})
		same(t, "another's", listed("v"), []string{"another's"})
		same(t, "as stored", get[[]broker.Session](t)(acme.Sessions(t.Context(), "u"))[4], session(t, acme, "b"))
		for i := range 101 {
			begin(t, acme, Session(fmt.Sprint(i), []string{"c", "d"}[i%2], "v"))
		}
		same(t, "of many", len(listed("v")), 100)
	}},
	{"what is no salt is not taken for one", func(t *testing.T, url string) {
		acme := peopled(t, Open(t, url), "acme")
		begin(t, acme, Session("1", "c", "u"))
		for _, stored := range [][]byte{{}, make([]byte, 15), make([]byte, 17)} {
			tamper(t, url, `UPDATE session SET salt = $1`, stored)
			if _, err := acme.Session(t.Context(), "1"); err == nil {
				t.Errorf("%d bytes were", len(stored))
			}
		}
	}},
}
