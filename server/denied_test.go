package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
)

// readDenied are addresses that nobody may be sent to (testdata/denied.json).
func readDenied(t *testing.T) (list []netip.Addr) {
	t.Helper()
	text, err := os.ReadFile("../testdata/denied.json")
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil || len(list) < 60 {
		t.Fatalf("%d addresses: %v", len(list), err)
	}
	return list
}

// What OMI's clients are told of a set-up that has not gone well.
var (
	setupOpen    = `400 {"detail":"` + broker.ErrSetupOpen.Message + `"}`
	setupAway    = `503 {"detail":"` + broker.ErrSetupAway.Message + `"}`
	setupGarbled = `503 {"detail":"` + broker.ErrSetupAnswer.Message + `"}`
)

// An app whose set-up URL leads to a denied address, by its number or by a name, as
// everybody calls or as a friend is called: it counts as not set up. That no packet
// leaves is what the traps see; where none can stand, the answer tells: after a
// connection, or a vain try, it would be another.
func TestDeniedSetups(t *testing.T) {
	denied := readDenied(t)
	g := newGuarded(t, denied)
	var setups []string
	for i, a := range denied {
		number, name := a.String(), fmt.Sprintf("n%d.example", i)
		if a.Is6() {
			number = "[" + strings.Replace(number, "%", "%25", 1) + "]"
		}
		g.names[name] = []netip.Addr{a}
		for _, host := range []string{number, name} {
			setups = append(setups, "https://"+host+"/done", "http://"+host+":"+g.port+"/done")
		}
	}
	g.serves(append(setups, g.at("friend.example", "/done"))...)
	if got := g.enables(g.at("friend.example", "/done")); !strings.HasPrefix(got, "200 ") {
		t.Fatalf("the friend's app: %s", got)
	}
	for _, setup := range setups {
		if got := g.enables(setup); got != setupOpen || g.came.Load() > 0 {
			t.Fatalf("%s: %s, and %d connections; no further one is tried", setup, got, g.came.Load())
		}
	}
	t.Logf("%d set-up URLs at %d addresses, with %d traps", len(setups), len(denied), g.traps)
	eventually(t, "the log has the guard's word for each, and the table's for each address", func() bool {
		log := g.log.String()
		return strings.Count(log, "outbound: refused: ") == len(setups) && strings.Count(log, "leads to an address that is not public") == len(denied)
	})
}

// A friend's app that leads to a denied address later, by its name or by a redirect,
// gets nobody there; and one that answers slowly, or without end, is not waited for.
func TestDeniedDetours(t *testing.T) {
	g := newGuarded(t, nil)
	bad := netip.MustParseAddr("127.0.0.1")
	g.names["trap.example"] = []netip.Addr{bad}
	g.names["rebind.example"] = []netip.Addr{friend, bad, friend}
	trap := "http://127.0.0.1:" + g.port + "/done"
	g.answers("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	g.answers("/moved", http.RedirectHandler(trap, http.StatusFound).ServeHTTP)
	g.answers("/kept", http.RedirectHandler(trap, http.StatusTemporaryRedirect).ServeHTTP)
	g.answers("/named", http.RedirectHandler(g.at("trap.example", "/done"), http.StatusPermanentRedirect).ServeHTTP)
	g.answers("/slow", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"is_setup_completed":true`))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	g.answers("/huge", func(w http.ResponseWriter, _ *http.Request) {
		for err := error(nil); err == nil; {
			_, err = w.Write([]byte(strings.Repeat(" ", 1<<10)))
		}
	})
	rows := []struct{ host, path, want string }{
		{"rebind.example", "/broken", setupAway},
		{"rebind.example", "/broken", setupOpen}, // it is denied now
		{"rebind.example", "/broken", setupAway},
		{"friend.example", "/moved", setupAway},
		{"friend.example", "/kept", setupAway},
		{"friend.example", "/named", setupAway},
		{"friend.example", "/slow", setupAway},
		{"friend.example", "/huge", setupGarbled},
	}
	var setups []string
	for _, row := range rows[2:] { // the first three are one app
		setups = append(setups, g.at(row.host, row.path))
	}
	g.serves(setups...)
	for _, row := range rows {
		if got := g.enables(g.at(row.host, row.path)); got != row.want {
			t.Errorf("%s%s: %s, want %s", row.host, row.path, got, row.want)
		}
	}
	if n := g.came.Load(); n > 0 {
		t.Errorf("%d connections to a denied address", n)
	}
}
