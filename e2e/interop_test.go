package e2e

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// A verifier checks one token and returns its profile id.
type verifier func(token string) (pid string, err error)

// verifiers are libraries that are told the issuer and find out all else.
var verifiers = map[string]func(*testing.T, string) verifier{"go-oidc": goOIDC, "jose": jose}

// TestVerifiers rotates keys while tokens are issued and verified: no token may
// ever be refused, whichever key has signed it.
func TestVerifiers(t *testing.T) {
	for _, algorithm := range []string{"ES256", "EdDSA", "RS256"} {
		t.Run(algorithm, func(t *testing.T) {
			p := newProgram(t)
			p.must("", "migrate")
			p.must("", "tenant", "create", "acme", "--jwks-max-age", "1s", "--alg", algorithm)
			p.must(secret, "shop", "add", "acme", shop, "--secret-stdin")
			issuer := "http://" + p.serve("--ip-rate", "0") + "/t/acme"
			load := startLoad(t, issuer)
			for range 3 {
				time.Sleep(1100 * time.Millisecond) // the JWKS max-age: verifiers fetch it again by then
				p.must("", "key", "rotate", "acme")
			}
			time.Sleep(1100 * time.Millisecond)
			tokens, kids := load.stop()
			t.Logf("%d tokens signed with %d keys, verified by %d libraries", tokens, kids, len(verifiers))
			if kids < 4 || tokens < 40 {
				t.Errorf("only %d tokens with %d keys", tokens, kids)
			}
		})
	}
}

// load is a stream of tokens, each verified by every library.
type load struct {
	t      *testing.T
	issuer string
	end    chan struct{}
	done   sync.WaitGroup
	tokens int
	kids   map[string]bool
}

func startLoad(t *testing.T, issuer string) *load {
	l := &load{t: t, issuer: issuer, end: make(chan struct{}), kids: map[string]bool{}}
	libraries := map[string]verifier{}
	for name, make := range verifiers {
		libraries[name] = make(t, issuer)
	}
	l.done.Go(func() {
		for {
			select {
			case <-l.end:
				return
			default:
				l.once(libraries)
			}
		}
	})
	return l
}

func (l *load) once(libraries map[string]verifier) {
	status, answer := post(l.t, l.issuer+"/shopify/api/v1/auth/token", object{"id": customer, "signature": signV1})
	token, _ := answer["token"].(string)
	if status != 200 {
		l.t.Errorf("%d %v", status, answer)
		return
	}
	l.tokens++
	l.kids[header(l.t, token)["kid"].(string)] = true
	for name, verify := range libraries {
		if pid, err := verify(token); err != nil || len(pid) != 36 {
			l.t.Errorf("%s: %q %v", name, pid, err)
		}
	}
}

func (l *load) stop() (tokens, kids int) {
	close(l.end)
	l.done.Wait()
	return l.tokens, len(l.kids)
}

func goOIDC(t *testing.T, issuer string) verifier {
	t.Helper()
	provider, err := oidc.NewProvider(context.Background(), issuer)
	if err != nil {
		t.Fatal(err)
	}
	v := provider.Verifier(&oidc.Config{ClientID: issuer})
	return func(token string) (string, error) {
		id, err := v.Verify(context.Background(), token)
		if err != nil {
			return "", err
		}
		var claims struct{ PID string }
		return claims.PID, errorOr(id.Claims(&claims), func() bool { return claims.PID == id.Subject })
	}
}

func errorOr(err error, ok func() bool) error {
	if err == nil && !ok() {
		return fmt.Errorf("sub is not the pid")
	}
	return err
}

func jose(t *testing.T, issuer string) verifier {
	t.Helper()
	ask := script("node", "interop.mjs")(t, object{"issuer": issuer})
	return func(token string) (string, error) {
		answer := ask("verify", object{"token": token})
		if answer["error"] != nil {
			return "", fmt.Errorf("%v", answer["error"])
		}
		pid, _ := answer["pid"].(string)
		return pid, nil
	}
}
