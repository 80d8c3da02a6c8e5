package e2e

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"time"
)

// crowd makes calls with the page's file, all at once.
func (a *connected) crowd() func(n int) []any {
	a.t.Helper()
	here := *a.project
	here.t = a.t
	args := append(a.build(&here, "crowd"), "/v4/contacts")
	c := exec.Command(args[0], args[1:]...)
	c.Dir, c.Env = here.dir, a.environment()
	say := converse(a.t, c)
	return func(n int) (statuses []any) {
		a.t.Helper()
		if err := json.Unmarshal(say([]byte(strconv.Itoa(n))), &statuses); err != nil || len(statuses) != n {
			a.t.Fatalf("%d calls: %v %v", n, statuses, err)
		}
		return statuses
	}
}

// during counts what a program asks for, and how many calls are refused to it.
func (a *connected) during(what string, refreshes, refused int, work func()) {
	a.t.Helper()
	before, refusedBefore := a.door.seen()
	work()
	after, refusedAfter := a.door.seen()
	if r, c := after["refresh_token"]-before["refresh_token"], refusedAfter-refusedBefore; r != refreshes || refused >= 0 && c != refused {
		a.t.Errorf("%s: %d refreshes, %d calls refused; want %d, %d", what, r, c, refreshes, refused)
	}
}

func (a *connected) want(statuses []any, status any) {
	a.t.Helper()
	for _, s := range statuses {
		if s != status {
			a.t.Errorf("calls: %v, want %v", statuses, status)
			return
		}
	}
}

// renews: before the end without a call that is refused, and after a 401, once
// for all who call.
func (a *connected) renews() {
	a.t.Helper()
	crowd := a.crowd()
	a.during("with a good token", 0, 0, func() { a.want(crowd(8), 200.0) })
	k := a.kept()
	a.project.write("tokens.json", fmt.Sprintf(`{"access_token":%q,"refresh_token":%q,"renew_at":%d}`, k.Access, k.Refresh, time.Now().Unix()-1))
	a.during("shortly before its end", 1, 0, func() { a.want(crowd(8), 200.0) })
	now := a.kept()
	if now.Access == k.Access || now.Refresh == k.Refresh {
		a.t.Error("the tokens are the same")
	}
	a.door.set(func(d *door) { d.bad = now.Access })
	a.during("when it is refused", 1, -1, func() { a.want(crowd(8), 200.0) })
	a.door.set(func(d *door) { d.closed = true })
	a.during("when nothing helps", 1, 2, func() { a.want(crowd(1), 401.0) })
	a.door.set(func(d *door) { d.closed = false })
}

// keepsTheRefreshToken: the old one stays where an answer has none.
func (a *connected) keepsTheRefreshToken() {
	a.t.Helper()
	k := a.kept()
	a.door.set(func(d *door) { d.strips, d.bad = true, k.Access })
	a.during("without another refresh token", 1, 1, func() { a.want(a.crowd()(1), 200.0) })
	a.door.set(func(d *door) { d.strips = false })
	if now := a.kept(); now.Refresh != k.Refresh || now.Access == k.Access {
		a.t.Errorf("kept the refresh token: %v; another access token: %v", now.Refresh == k.Refresh, now.Access != k.Access)
	}
}
