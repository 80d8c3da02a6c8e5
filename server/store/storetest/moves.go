package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// moved is a session one generation later.
func moved(s broker.Session) broker.Session {
	s.Generation, s.Rotated, s.Repeated, s.Idle = s.Generation+1, Noon.Add(time.Minute), 0, Noon.Add(day)
	s.JWTs = Noon.Add(time.Hour)
	return s
}

// opaque is an access token of user u with client c that is to be stored.
func opaque(text string) *store.NewAccessToken {
	return &store.NewAccessToken{AccessToken: Access("c", "u"), Sum: *Sum(text)}
}

// unrevoked are how many opaque tokens stand that no one has revoked.
func unrevoked(t *testing.T, url string) string {
	t.Helper()
	return column(t, raw(t, url), `SELECT COUNT(*) FROM access_token WHERE revoked IS NULL`)[0]
}

var moves = []promise{
	{"a session moves in what may change, and its access token is stored with it", func(t *testing.T, url string) {
		s := Open(t, url)
		acme := peopled(t, s, "acme")
		first, other := taken(t, acme, Session("1", "c", "u")), taken(t, acme, Session("2", "c", "u"))
		before := revision(t, s)
		next := moved(first)
		given := next
		given.ID, given.Client, given.Subject.ID, given.Scopes, given.Audience = "9", "d", "v", nil, []string{"x"}
		given.Redirect, given.Challenge, given.Nonce, given.Method, given.Salt = "x", "x", "x", "x", [16]byte{9}
		given.SignedIn, given.Started, given.Expires, given.Revoked = Noon, Noon.Add(day), Noon.Add(day), Noon
		token := opaque("token")
		token.Session = "9"
		do(t, acme.MoveSession(t.Context(), first, given, token))
		same(t, "moved", session(t, acme, "1"), next)
		stored := Access("c", "u")
		stored.Session = "1"
		same(t, "the token", access(t, acme, "token"), stored)
		same(t, "what was given", token.Session, "9")
		again := next
		again.Repeated, again.Idle = 1, time.Time{}
		do(t, acme.MoveSession(t.Context(), next, again, nil))
		same(t, "given again", session(t, acme, "1"), again)
		same(t, "the other", session(t, acme, "2"), other)
		same(t, "the revision", revision(t, s), before)
	}},
	{"a session that is not as it was, or has ended, stores nothing", func(t *testing.T, url string) {
		s := Open(t, url)
		acme, bell := peopled(t, s, "acme"), peopled(t, s, "bell")
		for id, row := range map[string]struct {
			stored, read func(*broker.Session)
			refusal      error
		}{
			"as it was":      {},
			"repeated":       {stored: func(s *broker.Session) { s.Repeated = 1 }, refusal: store.ErrConflict},
			"moved":          {stored: func(s *broker.Session) { s.Generation = 2 }, refusal: store.ErrConflict},
			"moved back":     {read: func(s *broker.Session) { s.Generation = 2 }, refusal: store.ErrConflict},
			"revoked":        {stored: func(s *broker.Session) { s.Revoked = Noon.Add(time.Hour) }, refusal: store.ErrConflict},
			"expired":        {stored: func(s *broker.Session) { s.Expires = Noon }, refusal: store.ErrConflict},
			"expires":        {stored: func(s *broker.Session) { s.Expires = Noon.Add(time.Microsecond) }},
			"idle":           {stored: func(s *broker.Session) { s.Idle = Noon }, refusal: store.ErrConflict},
			"nearly idle":    {stored: func(s *broker.Session) { s.Idle = Noon.Add(time.Microsecond) }},
			"another's name": {read: func(s *broker.Session) { s.ID = "nobody's" }, refusal: store.ErrConflict},
		} {
			read := Session(id, "c", "u")
			read.Generation = 1
			stored := read
			if row.stored != nil {
				row.stored(&stored)
			}
			if row.read != nil {
				row.read(&read)
			}
			begin(t, acme, stored)
			begin(t, bell, stored)
			want(t, id, acme.MoveSession(t.Context(), read, moved(read), opaque(id)), row.refusal)
			_, err := acme.AccessTokenBySum(t.Context(), *Sum(id))
			same(t, id+": the token is there", err == nil, row.refusal == nil)
			same(t, id+": moved", session(t, acme, id).Rotated.Equal(moved(read).Rotated), row.refusal == nil)
			same(t, id+": another tenant's", session(t, bell, id), stored)
		}
		want(t, "no tenant", s.In("gone").MoveSession(t.Context(), Session("1", "c", "u"), Session("1", "c", "u"), opaque("x")), broker.ErrNoTenant)
	}},
	{"a token that cannot be stored moves no session", func(t *testing.T, url string) {
		acme := peopled(t, Open(t, url), "acme")
		first := taken(t, acme, Session("1", "c", "u"))
		keep(t, acme, "twice", Access("c", "u"))
		strange := opaque("strange")
		strange.Subject.Kind = broker.Customer
		for what, token := range map[string]*store.NewAccessToken{"twice": opaque("twice"), "strange": strange} {
			if acme.MoveSession(t.Context(), first, moved(first), token) == nil {
				t.Errorf("%s: it was stored", what)
			}
		}
		same(t, "the session", session(t, acme, "1"), first)
	}},
	{"of many who move a session one does", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := peopled(t, s, "acme")
		first := taken(t, acme, Session("1", "c", "u"))
		for n := range 3 {
			oneWinner(t, crowd(64, func(i int) error {
				return []*store.Store{s, other}[i%2].In("acme").MoveSession(t.Context(), first, moved(first), opaque(fmt.Sprint(n, " ", i)))
			}), store.ErrConflict)
			same(t, "moved", session(t, acme, "1"), moved(first))
			first = moved(first)
		}
		same(t, "tokens", unrevoked(t, url), "3")
	}},
	{"who changes nothing needs no turn", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		acme := peopled(t, s, "acme")
		first := taken(t, acme, Session("1", "c", "u"))
		for _, err := range crowd(16, func(i int) error {
			return []*store.Store{s, other}[i%2].In("acme").MoveSession(t.Context(), first, first, opaque(fmt.Sprint(i)))
		}) {
			want(t, "move", err, nil)
		}
		same(t, "the session", session(t, acme, "1"), first)
		same(t, "tokens", unrevoked(t, url), "16")
	}},
	{"of a session that is ended meanwhile no token is left over", func(t *testing.T, url string) {
		s, other := Open(t, url), Open(t, url)
		for n := range 30 {
			name := fmt.Sprint("t", n)
			tenant, behind := peopled(t, s, name), other.In(name)
			first := taken(t, tenant, Session("1", "c", "u"))
			end := []func() error{
				func() error { return tenant.EndSession(t.Context(), "1", Noon, Noon) },
				func() error { return tenant.EndSessions(t.Context(), "c", "u", Noon, Noon) },
				func() error { return tenant.RevokeClientTokens(t.Context(), "c", Noon.Add(time.Second)) },
				func() error { return tenant.RevokeUserTokens(t.Context(), "u", Noon.Add(time.Second)) },
				func() error { return tenant.DeleteClient(t.Context(), "c") },
				func() error { return tenant.DeleteUser(t.Context(), "u") },
				func() error { return tenant.Delete(t.Context()) },
			}[n%7]
			for i, err := range crowd(8, func(i int) error {
				if i == 4 {
					return end()
				}
				return behind.MoveSession(t.Context(), first, first, opaque(fmt.Sprint(i)))
			}) {
				// That its tenant is just going, only the database can tell.
				refused := errors.Is(err, store.ErrConflict) || n%7 == 6 && !strings.Contains(fmt.Sprint(err), "deadlock")
				if err != nil && (i == 4 || !refused) {
					t.Errorf("round %d, %d: %v", n, i, err)
				}
			}
			if behind.MoveSession(t.Context(), first, first, opaque("late")) == nil {
				t.Errorf("round %d: it moves on", n)
			}
			same(t, fmt.Sprintf("round %d: tokens", n), unrevoked(t, url), "0")
		}
	}},
}
