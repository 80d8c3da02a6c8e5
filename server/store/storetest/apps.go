package storetest

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// App is somebody's application as a command would add it.
func App(id string) broker.App {
	return broker.App{ID: id, Name: "name of " + id, HomeURL: "https://" + id + ".example", Created: Noon}
}

// used says who has what with the app "a".
func used(t *testing.T, tenant store.Tenant, who store.AppUser) broker.AppUse {
	t.Helper()
	return get[broker.AppUse](t)(tenant.AppUse(t.Context(), who))
}

// somebody is somebody with the app "a".
func somebody(uid string) store.AppUser {
	return store.AppUser{App: "a", Issuer: "https://issuer.example", UID: uid}
}

var apps = []promise{
	{"an app comes back as it was stored", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		list := []broker.App{
			{ID: "a", Created: Noon},
			{
				ID: "b", Name: "B", HomeURL: "https://b.example/?a=1#b", SetupURL: "https://b.example/setup",
				Capabilities: []string{"chat", `b"],["c`}, Actions: []string{"read_tasks"}, Trigger: "audio_bytes", NotificationScopes: []string{"user_name"},
				Private: true, Paid: true, Owner: "u1", Testers: []string{"u2", "u3"}, Created: Noon.Add(-time.Hour),
			},
		}
		for _, a := range list {
			do(t, acme.AddApp(t.Context(), a))
		}
		same(t, "loaded", load(t, acme).Apps, list)
		same(t, "listed", get[[]broker.App](t)(acme.Apps(t.Context())), list)
		want(t, "again", acme.AddApp(t.Context(), App("a")), store.ErrExists)
		later := App("c")
		later.Created = time.Time{}
		do(t, acme.AddApp(t.Context(), later))
		same(t, "by the clock", load(t, acme).Apps, append(list, App("c")))
	}},
	{"an app is enabled once, and an installation counts once", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddApp(t.Context(), App("a")))
		do(t, acme.AddApp(t.Context(), App("b")))
		same(t, "nobody", used(t, acme, somebody("u1")), broker.AppUse{})
		same(t, "no installs", get[map[string]int64](t)(acme.Installs(t.Context())), map[string]int64{})
		for n := range 3 {
			do(t, acme.EnableApp(t.Context(), somebody("u1"), Noon.Add(time.Duration(n)*time.Hour), true))
			same(t, "enabled", used(t, acme, somebody("u1")), broker.AppUse{Enabled: Noon})
		}
		do(t, acme.EnableApp(t.Context(), somebody("owner"), Noon, false))
		do(t, acme.EnableApp(t.Context(), somebody("owner"), Noon, true))
		for _, other := range []store.AppUser{
			{App: "b", Issuer: somebody("").Issuer, UID: "u1"}, {App: "a", Issuer: "https://other.example", UID: "u1"}, somebody("u2"), {App: "none", Issuer: somebody("").Issuer, UID: "u1"},
		} {
			same(t, "another", used(t, acme, other), broker.AppUse{})
		}
		same(t, "installs", get[map[string]int64](t)(acme.Installs(t.Context())), map[string]int64{"a": 1})
		want(t, "no app", acme.EnableApp(t.Context(), store.AppUser{App: "none", UID: "u1"}, Noon, true), store.ErrNotFound)
	}},
	{"who has paid has not enabled, and the other way round", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddApp(t.Context(), App("a")))
		do(t, acme.MarkPaid(t.Context(), somebody("u1"), Noon.Add(time.Hour)))
		same(t, "paid", used(t, acme, somebody("u1")), broker.AppUse{Paid: Noon.Add(time.Hour)})
		same(t, "no installs", get[map[string]int64](t)(acme.Installs(t.Context())), map[string]int64{})
		do(t, acme.EnableApp(t.Context(), somebody("u1"), Noon, true))
		do(t, acme.MarkPaid(t.Context(), somebody("u1"), Noon.Add(2*time.Hour)))
		same(t, "both", used(t, acme, somebody("u1")), broker.AppUse{Enabled: Noon, Paid: Noon.Add(2 * time.Hour)})
		same(t, "installs", get[map[string]int64](t)(acme.Installs(t.Context())), map[string]int64{"a": 1})
		want(t, "no app", acme.MarkPaid(t.Context(), store.AppUser{App: "none", UID: "u1"}, Noon), store.ErrNotFound)
	}},
	{"a deleted app takes along who has it", func(t *testing.T, url string) {
		acme := Tenant(t, Open(t, url), "acme")
		do(t, acme.AddApp(t.Context(), App("a")))
		do(t, acme.EnableApp(t.Context(), somebody("uid-of-somebody-7Qx9"), Noon, true))
		do(t, acme.DeleteApp(t.Context(), "a"))
		want(t, "again", acme.DeleteApp(t.Context(), "a"), store.ErrNotFound)
		if holds(contents(t, url), "uid-of-somebody-7Qx9") {
			t.Error("they stand in the database")
		}
		do(t, acme.AddApp(t.Context(), App("a")))
		same(t, "a new one of the id", used(t, acme, somebody("uid-of-somebody-7Qx9")), broker.AppUse{})
	}},
}
