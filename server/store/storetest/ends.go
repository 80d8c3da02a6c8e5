package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// sessionsToken stores an opaque access token of a session that is not looked at.
func sessionsToken(t *testing.T, tenant store.Tenant, text, session string, a broker.AccessToken) {
	t.Helper()
	a.Session = session
	keep(t, tenant, text, a)
}

// standing are the opaque tokens of a tenant that nobody has revoked, by their texts.
func standing(t *testing.T, tenant store.Tenant, texts ...string) (left []string) {
	t.Helper()
	for _, text := range texts {
		if access(t, tenant, text).Revoked.IsZero() {
			left = append(left, text)
		}
	}
	return left
}

var ends = []promise{
	{"a session ends with its tokens, once, and no other does", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := peopled(t, s, "acme"), peopled(t, s, "bell")
		first, other := taken(t, acme, Session("1", "c", "u")), taken(t, acme, Session("2", "c", "u"))
		elsewhere := taken(t, bell, Session("1", "c", "u"))
		taken(t, bell, Session("3", "c", "u"))
		for _, tenant := range []store.Tenant{acme, bell} {
			sessionsToken(t, tenant, "one", "1", Access("c", "u"))
			sessionsToken(t, tenant, "two", "2", Access("c", "u"))
			keep(t, tenant, "none", Access("c", "u"))
		}
		before := revision(t, s)
		at := Noon.Add(time.Minute)
		want(t, "an unknown one", acme.EndSession(t.Context(), "3", at, Noon.Add(time.Hour)), store.ErrNotFound)
		same(t, "the revision", revision(t, s), before)
		do(t, acme.EndSession(t.Context(), "1", at, Noon.Add(time.Hour)))
		first.Revoked = at
		for range 2 {
			same(t, "the session", session(t, acme, "1"), first)
			same(t, "the revision", revision(t, s).N, before.N+1)
			same(t, "JWTs", load(t, acme).Revoked, []string{broker.RevokedSession("1")})
			same(t, "tokens", standing(t, acme, "one", "two", "none"), []string{"two", "none"})
			same(t, "a token's end", access(t, acme, "one").Expires, at)
			do(t, acme.EndSession(t.Context(), "1", at.Add(time.Hour), Noon.Add(day)))
		}
		same(t, "until", column(t, raw(t, url), `SELECT expires FROM revoked_token`), []string{fmt.Sprint(Noon.Add(time.Hour).UnixMicro())})
		same(t, "whose", column(t, raw(t, url), `SELECT client FROM revoked_token`), []string{""})
		same(t, "the other", session(t, acme, "2"), other)
		same(t, "another tenant's", session(t, bell, "1"), elsewhere)
		same(t, "another tenant's tokens", standing(t, bell, "one", "two", "none"), []string{"one", "two", "none"})
		same(t, "another tenant's JWTs", load(t, bell).Revoked, nil)
	}},
	{"what was revoked of a session before stays as it was", func(t *testing.T, url string) {
		acme := peopled(t, Open(t, url), "acme")
		taken(t, acme, Session("1", "c", "u"))
		soon := Access("c", "u")
		soon.Expires = Noon.Add(time.Second)
		for _, text := range []string{"a", "b"} {
			sessionsToken(t, acme, text, "1", Access("c", "u"))
			get[bool](t)(acme.RevokeAccessToken(t.Context(), *Sum(text), Noon))
			sessionsToken(t, acme, "soon "+text, "1", soon)
			if text == "a" {
				do(t, acme.EndSession(t.Context(), "1", Noon.Add(time.Minute), time.Time{}))
				continue
			}
			do(t, acme.EndSessions(t.Context(), "c", "u", Noon.Add(time.Minute), time.Time{}))
		}
		for _, text := range []string{"a", "b"} {
			same(t, text, access(t, acme, text).Revoked, Noon)
			same(t, "soon "+text, access(t, acme, "soon "+text).Expires, Noon.Add(time.Second))
			same(t, "soon "+text, access(t, acme, "soon "+text).Revoked, Noon.Add(time.Minute))
		}
	}},
	{"of a session that has no JWTs none are revoked", func(t *testing.T, url string) {
		acme := peopled(t, Open(t, url), "acme")
		begin(t, acme, Session("untaken", "c", "u"))
		do(t, acme.EndSession(t.Context(), "untaken", Noon, Noon.Add(time.Hour)))
		for id, until := range map[string]time.Time{"none": {}, "dead": Noon.Add(-time.Hour), "perhaps dead": Noon.Add(time.Microsecond - time.Hour)} {
			taken(t, acme, Session(id, "c", "u"))
			do(t, acme.EndSession(t.Context(), id, Noon, until))
			same(t, id, session(t, acme, id).Revoked, Noon)
		}
		same(t, "revoked", load(t, acme).Revoked, []string{broker.RevokedSession("perhaps dead")})
	}},
	{"what is bound to a session ends with it, by whatever that ends", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := peopled(t, s, "acme"), peopled(t, s, "bell")
		hours := func(n int) time.Time { return Noon.Add(time.Duration(n) * time.Hour) }
		for id, client := range map[string]string{"1": "c", "2": "c", "3": "c", "4": "d", "unbound": "c"} {
			taken(t, acme, Session(id, client, "u"))
		}
		other := taken(t, bell, Session("1", "c", "u"))
		before := revision(t, s)
		for n, id := range []string{"1", "2", "3", "4"} {
			do(t, acme.BindToSession(t.Context(), id, hours(n+2)))
			do(t, acme.BindToSession(t.Context(), id, hours(1)))
		}
		same(t, "the revision", revision(t, s), before)
		same(t, "another tenant's", session(t, bell, "1"), other)
		same(t, "bound", column(t, raw(t, url), `SELECT COUNT(*) FROM session WHERE bound IS NOT NULL`), []string{"4"})

		banned := func() []string {
			return column(t, raw(t, url), `SELECT jti || ' ' || expires FROM revoked_token WHERE tenant = 'acme' ORDER BY jti`)
		}
		ban := func(id string, n int) string { return fmt.Sprint(broker.RevokedSession(id), " ", hours(n).UnixMicro()) }
		do(t, acme.EndSession(t.Context(), "1", Noon.Add(time.Minute), time.Time{}))
		same(t, "one that ended", banned(), []string{ban("1", 2)})
		do(t, acme.RevokeClientTokens(t.Context(), "d", hours(1)))
		same(t, "a client's that were revoked", banned(), []string{ban("1", 2), ban("4", 5)})
		do(t, acme.EndSessions(t.Context(), "c", "u", Noon, Noon.Add(time.Minute)))
		same(t, "all of one who has thought better of it", banned(),
			[]string{ban("1", 2), ban("2", 3), ban("3", 4), ban("4", 5), broker.RevokedSession("unbound") + fmt.Sprint(" ", Noon.Add(time.Minute).UnixMicro())})

		want(t, "to one that has ended", acme.BindToSession(t.Context(), "1", hours(1)), store.ErrNotFound)
		want(t, "to none", acme.BindToSession(t.Context(), "none", hours(1)), store.ErrNotFound)
		taken(t, acme, Session("by the clock", "c", "u"))
		tamper(t, url, `UPDATE session SET expires = $1 WHERE id = 'by the clock'`, Noon.UnixMicro())
		want(t, "to one that has ended by the clock", acme.BindToSession(t.Context(), "by the clock", hours(1)), store.ErrNotFound)
	}},
	{"what is bound to the sessions of a client that is deleted ends with it", func(t *testing.T, url string) {
		acme := peopled(t, Open(t, url), "acme")
		taken(t, acme, Session("1", "c", "u"))
		taken(t, acme, Session("2", "c", "u"))
		do(t, acme.BindToSession(t.Context(), "1", Noon.Add(time.Hour)))
		do(t, acme.DeleteClient(t.Context(), "c"))
		same(t, "JWTs", load(t, acme).Revoked, []string{broker.RevokedSession("1")})
		want(t, "deleted again", acme.DeleteClient(t.Context(), "c"), store.ErrNotFound)
	}},
	{"where too many JWTs are revoked a client can be revoked and deleted all the same", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddClient(t.Context(), Client("c"), nil))
		do(t, acme.AddClient(t.Context(), Client("c1"), nil))
		do(t, acme.AddUser(t.Context(), User("u")))
		taken(t, acme, Session("1", "c", "u"))
		do(t, acme.BindToSession(t.Context(), "1", Noon.Add(time.Hour)))
		seeded(t, url, Noon.Add(time.Minute))
		tamper(t, url, `UPDATE revoked_token SET jti = 'session:x' || jti`)
		tamper(t, url, `INSERT INTO revoked_token (tenant, jti, client, expires) SELECT tenant, 'session:last', client, expires FROM revoked_token WHERE jti = 'session:x1'`)
		do(t, acme.RevokeClientTokens(t.Context(), "c", Noon.Add(time.Minute)))
		same(t, "revoked", session(t, acme, "1").Revoked, Noon.Add(time.Minute))
		do(t, acme.DeleteClient(t.Context(), "c"))
	}},
	{"where too many JWTs are revoked no session is, by half or at all", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := Tenant(t, s, "acme")
		do(t, acme.AddClient(t.Context(), Client("c1"), nil))
		do(t, acme.AddUser(t.Context(), User("u")))
		first := taken(t, acme, Session("1", "c1", "u"))
		sessionsToken(t, acme, "one", "1", Access("c1", "u"))
		seeded(t, url, Noon.Add(time.Minute))
		tamper(t, url, `UPDATE revoked_token SET jti = 'session:x' || jti`)
		tamper(t, url, `INSERT INTO revoked_token (tenant, jti, client, expires) SELECT tenant, 'session:last', client, expires FROM revoked_token WHERE jti = 'session:x1'`)
		before := revision(t, s)
		want(t, "one", acme.EndSession(t.Context(), "1", Noon, Noon.Add(time.Hour)), store.ErrTooMany)
		want(t, "all", acme.EndSessions(t.Context(), "c1", "u", Noon, Noon.Add(time.Hour)), store.ErrTooMany)
		same(t, "the session", session(t, acme, "1"), first)
		same(t, "tokens", standing(t, acme, "one"), []string{"one"})
		same(t, "consents", len(get[[]broker.Consent](t)(acme.Consents(t.Context(), "u"))), 1)
		same(t, "the revision", revision(t, s), before)
		do(t, acme.EndSession(t.Context(), "1", Noon, time.Time{}))
	}},
	{"many may end one session at once", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := peopled(t, s, "acme")
		taken(t, acme, Session("1", "c", "u"))
		tamper(t, url, `DELETE FROM consent`) // or forgetting it would be a second change
		before := revision(t, s)
		for _, err := range crowd(16, func(i int) error {
			tenant := []*store.Store{s, other}[i%2].In("acme")
			if i < 8 {
				return tenant.EndSession(t.Context(), "1", Noon, Noon.Add(time.Hour))
			}
			return tenant.EndSessions(t.Context(), "c", "u", Noon, Noon.Add(time.Hour))
		}) {
			want(t, "end", err, nil)
		}
		same(t, "the revision", revision(t, s).N, before.N+1)
		same(t, "JWTs", load(t, acme).Revoked, []string{broker.RevokedSession("1")})
	}},
	{"all that a user has allowed a client ends, and nothing else", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := peopled(t, s, "acme"), peopled(t, s, "bell")
		consents := []broker.Consent{{Client: "c", Scopes: broker.Scopes{"profiles.read"}, At: Noon}, {Client: "d", Scopes: broker.Scopes{"profiles.read"}, At: Noon}}
		for _, tenant := range []store.Tenant{acme, bell} {
			for id, s := range map[string]broker.Session{
				"1": Session("1", "c", "u"), "2": Session("2", "c", "u"), "client d's": Session("client d's", "d", "u"), "v's": Session("v's", "c", "v"),
			} {
				taken(t, tenant, s)
				sessionsToken(t, tenant, "of "+id, id, Access(s.Client, s.Subject.ID))
			}
			begin(t, tenant, Session("untaken", "c", "u"))
			taken(t, tenant, Session("of another kind", "c", "u"))
			sessionsToken(t, tenant, "of a swept one", "swept", Access("c", "u"))
			keep(t, tenant, "of none", Access("c", "u"))
			program := Access("c", "")
			program.Subject.ID = "u"
			sessionsToken(t, tenant, "of a program", "p", program)
		}
		tamper(t, url, `UPDATE session SET kind = 'client' WHERE id = 'of another kind'`)
		tamper(t, url, `INSERT INTO consent SELECT tenant, account, 'd', scopes, at FROM consent WHERE account = 'v' AND client = 'c'`)
		before := revision(t, s)
		do(t, acme.EndSessions(t.Context(), "c", "u", Noon, Noon.Add(time.Hour)))
		texts := []string{"of 1", "of 2", "of client d's", "of v's", "of a swept one", "of none", "of a program"}
		for range 2 {
			same(t, "living", column(t, raw(t, url), `SELECT id FROM session WHERE tenant = 'acme' AND revoked IS NULL ORDER BY id`),
				[]string{"client d's", "of another kind", "v's"})
			same(t, "tokens", standing(t, acme, texts...), []string{"of client d's", "of v's", "of none", "of a program"})
			same(t, "JWTs", load(t, acme).Revoked, []string{broker.RevokedSession("1"), broker.RevokedSession("2")})
			same(t, "u's consents", get[[]broker.Consent](t)(acme.Consents(t.Context(), "u")), consents[1:])
			same(t, "v's consents", get[[]broker.Consent](t)(acme.Consents(t.Context(), "v")), consents)
			same(t, "the revision", revision(t, s).N, before.N+1)
			do(t, acme.EndSessions(t.Context(), "c", "u", Noon.Add(time.Hour), Noon.Add(day)))
		}
		same(t, "when", session(t, acme, "1").Revoked, Noon)
		same(t, "another tenant's", standing(t, bell, texts...), texts)
		same(t, "another tenant's", column(t, raw(t, url), `SELECT id FROM session WHERE tenant = 'bell' AND revoked IS NOT NULL`), nil)
		same(t, "another tenant's", get[[]broker.Consent](t)(bell.Consents(t.Context(), "u")), consents)
		agree(t, acme, "u", consents[0])
		do(t, acme.EndSessions(t.Context(), "c", "u", Noon, Noon))
		_, err := acme.Consent(t.Context(), "u", "c")
		want(t, "a consent alone", err, store.ErrNotFound)
	}},
	{"revoking all of a client's or a user's ends the sessions of before", func(t *testing.T, url string) {
		at := Noon.Add(time.Minute)
		for _, row := range []struct {
			name   string
			revoke func(store.Tenant) error
			gone   []string
		}{
			{"client", func(a store.Tenant) error { return a.RevokeClientTokens(t.Context(), "c", at) }, []string{"c u", "c v"}},
			{"user", func(a store.Tenant) error { return a.RevokeUserTokens(t.Context(), "u", at) }, []string{"c u", "d u"}},
		} {
			s := Open(t, url)
			tenant, bell := peopled(t, s, row.name), peopled(t, s, row.name+"-bell")
			for _, client := range []string{"c", "d"} {
				for _, user := range []string{"u", "v"} {
					now, then, ended := Session(client+" "+user, client, user), Session(client+" "+user+" later", client, user), Session(client+" "+user+" ended", client, user)
					now.Started, then.Started, ended.Revoked = at.Add(-time.Microsecond), at, Noon
					for _, s := range []broker.Session{now, then, ended} {
						begin(t, tenant, s)
						begin(t, bell, s)
					}
				}
			}
			begin(t, tenant, Session("of another kind", "d", "u"))
			tamper(t, url, `UPDATE session SET kind = 'client' WHERE id = 'of another kind'`)
			do(t, row.revoke(tenant))
			revoked := column(t, raw(t, url), fmt.Sprintf(`SELECT tenant || ' ' || id FROM session WHERE revoked = %d AND tenant LIKE '%s%%' ORDER BY id`, at.UnixMicro(), row.name))
			same(t, row.name, revoked, []string{row.name + " " + row.gone[0], row.name + " " + row.gone[1]})
			same(t, row.name+": of before", session(t, tenant, "c u ended").Revoked, Noon)
		}
	}},
	{"a client or a user that is deleted takes sessions, sign-ins and consents along", func(t *testing.T, url string) {
		for _, row := range []struct {
			name                       string
			remove                     func(store.Tenant) error
			sessions, signIns, consent []string
		}{
			{"client", func(a store.Tenant) error { return a.DeleteClient(t.Context(), "c") }, []string{"d u", "d v"}, []string{"u", "v"}, []string{"d u", "d v"}},
			{"user", func(a store.Tenant) error { return a.DeleteUser(t.Context(), "u") }, []string{"c v", "d v", "program"}, []string{"v"}, []string{"c v", "d v"}},
			{"tenant", func(a store.Tenant) error { return a.Delete(t.Context()) }, nil, nil, nil},
		} {
			s := Open(t, url)
			tenant, bell := peopled(t, s, row.name), peopled(t, s, row.name+"-bell")
			for _, tenant := range []store.Tenant{tenant, bell} {
				for _, user := range []string{"u", "v"} {
					do(t, tenant.AddSignIn(t.Context(), *Sum(user), SignIn(user)))
					for _, client := range []string{"c", "d"} {
						begin(t, tenant, Session(client+" "+user, client, user))
					}
				}
			}
			if row.name == "user" {
				begin(t, tenant, Session("program", "c", "u"))
				tamper(t, url, `UPDATE session SET kind = 'client' WHERE id = 'program'`)
			}
			do(t, row.remove(tenant))
			for query, want := range map[string][]string{
				`SELECT id FROM session WHERE tenant = '%s' ORDER BY id`:                                         row.sessions,
				`SELECT account FROM sign_in WHERE tenant = '%s' ORDER BY account`:                               row.signIns,
				`SELECT client || ' ' || account FROM consent WHERE tenant = '%s' ORDER BY client, account`:      row.consent,
				`SELECT id FROM session WHERE tenant = '%s-bell' AND revoked IS NULL ORDER BY id`:                {"c u", "c v", "d u", "d v"},
				`SELECT account FROM sign_in WHERE tenant = '%s-bell' ORDER BY account`:                          {"u", "v"},
				`SELECT client || ' ' || account FROM consent WHERE tenant = '%s-bell' ORDER BY client, account`: {"c u", "c v", "d u", "d v"},
			} {
				same(t, row.name+": "+query, column(t, raw(t, url), fmt.Sprintf(query, row.name)), want)
			}
		}
	}},
	{"sessions are swept a day after their end, unless a token of theirs lives on", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := peopled(t, s, "acme"), peopled(t, s, "bell")
		later := Noon.Add(time.Microsecond)
		for id, edit := range map[string]func(*broker.Session){
			"living": func(*broker.Session) {}, "revoked": func(s *broker.Session) { s.Revoked = Noon }, "expired": func(s *broker.Session) { s.Expires = Noon },
			"idle":  func(s *broker.Session) { s.Idle = Noon },
			"later": func(s *broker.Session) { s.Revoked = later }, "expires later": func(s *broker.Session) { s.Expires = later },
			"with a token": func(s *broker.Session) { s.Expires = Noon }, "with a dead one": func(s *broker.Session) { s.Expires = Noon },
		} {
			s := Session(id, "c", "u")
			s.Generation = 1
			edit(&s)
			begin(t, acme, s)
		}
		forever, ended := Access("c", "u"), Access("c", "u")
		ended.Expires = Noon.Add(day - 2*time.Hour)
		sessionsToken(t, acme, "forever", "with a token", forever)
		sessionsToken(t, acme, "dead", "with a dead one", ended)
		sessionsToken(t, bell, "elsewhere", "expired", forever)
		left := func() []string { return column(t, raw(t, url), `SELECT id FROM session ORDER BY id`) }
		do(t, s.Sweep(t.Context(), Noon.Add(day)))
		same(t, "left", len(left()), 8)
		do(t, s.Sweep(t.Context(), Noon.Add(day+time.Microsecond)))
		same(t, "left", left(), []string{"expires later", "later", "living", "with a token"})
		tamper(t, url, `DELETE FROM session`)
		tamper(t, url, `INSERT INTO session (tenant, id, code_sum, code_ends, client, kind, subject, scopes, audience, redirect, challenge, nonce,
				method, salt, started, expires, generation, repeated)
			WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 1200)
			SELECT 'acme', CAST(n AS TEXT), CAST(CAST(n AS TEXT) AS BYTEA), 0, 'c', 'user', 'u', '[]', '[]', '', '', '', '', $1, 0, 0, 1, 0 FROM count`,
			make([]byte, 16))
		do(t, s.Sweep(t.Context(), Noon))
		same(t, "of many", left(), nil)
	}},
}
