package e2e

import (
	"fmt"
	"net/http"
	"strings"
)

// isRefused: what the service answers is told, and nothing is lost by it.
func (a *connected) isRefused() {
	a.t.Helper()
	k, right := a.kept(), a.who.secret
	a.door.set(func(d *door) { d.bad = k.Access })
	a.who.secret = "wrong"
	said, _ := a.crowd()(1)[0].(string)
	a.who.secret = right
	if !strings.Contains(said, "no token: 401") || !strings.Contains(said, "request_id") || strings.Contains(said, k.Refresh) {
		a.t.Errorf("with a wrong secret: %q", said)
	}
	if a.kept() != k {
		a.t.Error("the tokens are others")
	}
}

// isDisallowed: the tokens have ended, and only the person can do something.
func (a *connected) isDisallowed() {
	a.t.Helper()
	crowd := a.crowd()
	k := a.kept()
	a.door.post("/oauth2/revoke", a.who, k.Refresh, &object{})
	within(a.t, "the token is inactive", func() bool { return a.door.says(k.Access)["active"] == false })
	a.during("when it was revoked", 1, 1, func() {
		if said := fmt.Sprint(crowd(1)[0]); !strings.Contains(said, "the person has to connect again") {
			a.t.Errorf("when it was revoked: %s", said)
		}
	})
	a.says("the person has to connect again")
}

// disconnects: the tokens are given back, and the file is gone.
func (a *connected) disconnects() {
	a.t.Helper()
	a.connects()
	k := a.kept()
	if status, text, _ := a.asks(aBrowser(), "POST", "/disconnect"); status != http.StatusOK {
		a.t.Errorf("disconnect: %d %s", status, text)
	}
	within(a.t, "both tokens are inactive", func() bool {
		return a.door.says(k.Access)["active"] == false && a.door.says(k.Refresh)["active"] == false
	})
	a.says("the person has to connect again")
}
