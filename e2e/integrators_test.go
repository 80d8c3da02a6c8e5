package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// integration is what every integrator needs: a service, and credentials.
type integration struct {
	service    string
	who, brief registered // brief's tokens are short
	api        registered
}

func newIntegration(t *testing.T) integration {
	t.Helper()
	p := newAcme(t)
	p.user()
	return integration{
		who: p.machine(), brief: p.machine("--token-ttl", "10s"), api: p.client("--scope", "tokens.introspect"),
		service: p.serve(),
	}
}

func environment(g *gate, who registered) []string {
	return append(os.Environ(), "SHAPESTOKEN_URL="+g.url, "CLIENT_ID="+who.id, "CLIENT_SECRET="+who.secret,
		"MACHINE_USER="+login, "MACHINE_PASSWORD="+password, "AUDIENCE="+bookings)
}

// The programs of the pages do what the pages say of them.
func TestIntegrators(t *testing.T) {
	in := newIntegration(t)
	for _, s := range systems {
		p := s.programs(t)
		p.link("@types/node")
		p.tsc("bundler", "--types", "node", "main.ts", s.name+".ts")
		for language, build := range languages {
			t.Run(s.name+"/"+language, func(t *testing.T) {
				t.Parallel()
				here := *p
				here.t = t
				i := integrator{t, &here, s, in, build}
				i.main()
				i.keeps()
				i.renews()
				i.isRefused()
			})
		}
	}
}

// integrator is one page's program in one language.
type integrator struct {
	t     *testing.T
	p     *project
	page  system
	in    integration
	build func(*project, string) []string
}

// main runs what the page shows.
func (i integrator) main() {
	i.t.Helper()
	g := newGate(i.t, i.in.service, i.in.api)
	args := i.build(i.p, "main")
	c := exec.Command(args[0], args[1:]...)
	c.Dir, c.Env, c.Stderr = i.p.dir, environment(g, i.in.who), i.t.Output()
	out, err := c.Output()
	if asked, _, _ := g.seen(); err != nil || !strings.Contains(string(out), `{"data":[]}`) || asked != 1 {
		i.t.Errorf("main: %q %v, asked for %d tokens", out, err, asked)
	}
}

// crowd is a program that makes calls with what the page shows.
func (i integrator) crowd(g *gate, who registered) func(n int) []any {
	i.t.Helper()
	args := append(i.build(i.p, "crowd"), i.page.path)
	c := exec.Command(args[0], args[1:]...)
	c.Dir, c.Env = i.p.dir, environment(g, who)
	say := converse(i.t, c)
	return func(n int) (statuses []any) {
		i.t.Helper()
		if err := json.Unmarshal(say([]byte(strconv.Itoa(n))), &statuses); err != nil || len(statuses) != n {
			i.t.Fatalf("%d calls: %v %v", n, statuses, err)
		}
		return statuses
	}
}

func (i integrator) want(statuses []any, status float64) {
	i.t.Helper()
	for _, s := range statuses {
		if s != status {
			i.t.Errorf("calls: %v, want %v", statuses, status)
			return
		}
	}
}

// keeps: one token for all who call at once and afterwards; one more when it was
// revoked; and no third when that does not help.
func (i integrator) keeps() {
	i.t.Helper()
	g := newGate(i.t, i.in.service, i.in.api)
	crowd := i.crowd(g, i.in.who)
	tokens := func(want int, when string) {
		i.t.Helper()
		if asked, _, _ := g.seen(); asked != want {
			i.t.Errorf("%s: asked for %d tokens, want %d", when, asked, want)
		}
	}
	i.want(crowd(8), 200)
	i.want(crowd(3), 200)
	tokens(1, "at first")
	_, _, token := g.seen()
	g.post("/oauth2/revoke", i.in.who, token, &object{})
	within(i.t, "the token is inactive", func() bool {
		says := object{}
		g.post("/oauth2/introspect", i.in.api, token, &says)
		return says["active"] == false
	})
	i.want(crowd(8), 200)
	tokens(2, "when it was revoked")
	g.close()
	i.want(crowd(1), 401)
	tokens(3, "when nothing helps")
}

// renews: a short token is replaced before its end, so that no call is refused.
func (i integrator) renews() {
	i.t.Helper()
	g := newGate(i.t, i.in.service, i.in.api)
	crowd := i.crowd(g, i.in.brief)
	calls, end := 0, time.Now().Add(15*time.Second)
	for asked := 0; asked < 2 && time.Now().Before(end); calls++ {
		i.want(crowd(1), 200)
		time.Sleep(100 * time.Millisecond)
		asked, _, _ = g.seen()
	}
	if asked, refused, _ := g.seen(); asked != 2 || refused != 0 || calls < 10 {
		i.t.Errorf("%d calls, %d of them refused, asked for %d tokens", calls, refused, asked)
	}
}

// isRefused: with a wrong secret there is no call, and the service's answer is told.
func (i integrator) isRefused() {
	i.t.Helper()
	g := newGate(i.t, i.in.service, i.in.api)
	wrong := registered{i.in.who.id, i.in.brief.secret}
	said, _ := i.crowd(g, wrong)(1)[0].(string)
	if !strings.Contains(said, "no token: ") || !strings.Contains(said, "request_id") || strings.Contains(said, wrong.secret) {
		i.t.Errorf("with a wrong secret: %q", said)
	}
	if asked, refused, _ := g.seen(); asked != 1 || refused != 0 {
		i.t.Errorf("asked for %d tokens, and made %d calls without", asked, refused)
	}
}
