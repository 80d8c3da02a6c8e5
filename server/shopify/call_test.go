package shopify_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shapestoken/shapestoken/server/outbound"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
)

// What Shopify, or somebody in between, answers for ever; how it is called, and
// how often it is asked.
func TestTrouble(t *testing.T) {
	rows := []struct {
		name  string
		fault shopifytest.Fault
		err   error
		words string
		asked int
	}{
		{"dropped", shopifytest.Drop, shopify.ErrUnavailable, "", 5},
		{"cut", shopifytest.Cut, shopify.ErrUnavailable, "", 5},
		{"500", shopifytest.Status(500), shopify.ErrUnavailable, "500", 5},
		{"502", shopifytest.Status(502), shopify.ErrUnavailable, "502", 5},
		{"503", shopifytest.Status(503), shopify.ErrUnavailable, "503", 5},
		{"internal error", shopifytest.Says("INTERNAL_SERVER_ERROR", "Internal error. Looks like something went wrong on our end."), shopify.ErrUnavailable, "our end", 5},
		{"throttled", shopifytest.Throttled, shopify.ErrThrottled, "500ms", 5},
		{"throttled without a bucket", shopifytest.Plain, shopify.ErrThrottled, "1s", 5},
		{"throttled, and nothing comes back", shopifytest.Answers(`{"errors":[{"extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requestedQueryCost":2,"throttleStatus":{"maximumAvailable":20}}}}`), shopify.ErrThrottled, "in 1s", 5},
		{"429", shopifytest.TooMany("2.0"), shopify.ErrThrottled, "2s", 5},
		{"429 without advice", shopifytest.TooMany(""), shopify.ErrThrottled, "1s", 5},
		{"429 for an hour", shopifytest.TooMany("3600"), shopify.ErrThrottled, "1h0m0s", 1},
		{"429 for ages", shopifytest.TooMany("1e300"), shopify.ErrThrottled, "24h", 1},
		{"429 until a date", shopifytest.TooMany("Sat, 21 Nov 2026 13:00:00 GMT"), shopify.ErrThrottled, "1h0m0s", 1},
		{"429 until long ago", shopifytest.TooMany("Sat, 21 Nov 2020 13:00:00 GMT"), shopify.ErrThrottled, "in 0s", 5},
		{"429 with nonsense", shopifytest.TooMany("NaN"), shopify.ErrThrottled, "in 0s", 5},
		{"a question too dear", shopifytest.Costly, shopify.ErrThrottled, "24h", 1},
		{"401", shopifytest.Status(401), shopify.ErrAccess, "401", 1},
		{"403", shopifytest.Status(403), shopify.ErrAccess, "scopes", 1},
		{"access denied", shopifytest.Says("ACCESS_DENIED", "Access denied for shop field."), shopify.ErrAccess, "Access denied for shop field.", 1},
		{"404", shopifytest.Status(404), shopify.ErrAnswer, "404 Not Found", 1},
		{"402", shopifytest.Status(402), shopify.ErrAnswer, "402 Payment Required", 1},
		{"302", shopifytest.Status(302), shopify.ErrAnswer, "302", 1},
		{"garbage", shopifytest.Garbage, shopify.ErrAnswer, "JSON", 1},
		{"a page", shopifytest.Page, shopify.ErrAnswer, "JSON", 1},
		{"nothing", shopifytest.Empty, shopify.ErrAnswer, "JSON", 1},
		{"no data", shopifytest.NoData, shopify.ErrAnswer, "no data", 1},
		{"too much", shopifytest.Huge, shopify.ErrAnswer, "65536 bytes", 1},
		{"errors with 200", shopifytest.Says("MAX_COST_EXCEEDED", "The query cost 1010 exceeds the single query max cost limit (1000)."), nil, "MAX_COST_EXCEEDED: The query cost", 1},
		{"errors without a code", shopifytest.Says("", "Something\nelse\x00"), nil, "refused: Something else ", 1},
		{"many words", shopifytest.Says("", strings.Repeat("word ", 200)), nil, "word …", 1},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := open(t)
			for range 9 {
				s.Break(acme, row.fault)
			}
			_, err := s.Metafield(t.Context(), s.access, shopify.OnShop)
			var refusal *shopify.Refusal
			if err == nil || row.err != nil && !errors.Is(err, row.err) || row.err == nil && !errors.As(err, &refusal) || !strings.Contains(err.Error(), row.words) {
				t.Errorf("%v, want %v with %q", err, row.err, row.words)
			}
			if got := len(s.Calls(acme)); got != row.asked || len(s.pauses) != row.asked-1 {
				t.Errorf("asked %d times with pauses %v, want %d", got, s.pauses, row.asked)
			}
		})
	}
}

// An HTTP of one's own bounds what it reads, too, and a name may lead astray:
// neither gets better.
func TestFinal(t *testing.T) {
	for name, c := range map[string]shopify.HTTP{
		"larger than server/outbound reads": outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Bytes: 10}),
		"not public":                        outbound.New(outbound.Config{}),
	} {
		s := open(t)
		s.HTTP = c
		_, err := s.Metafield(t.Context(), s.access, shopify.OnShop)
		if !errors.Is(err, shopify.ErrAnswer) || errors.Is(err, shopify.ErrUnavailable) || len(s.pauses) != 0 {
			t.Errorf("%s: %v with pauses %v", name, err, s.pauses)
		}
	}
	s := open(t) // by itself
	s.HTTP = http.DefaultClient
	s.Break(acme, shopifytest.Huge)
	if _, err := s.Metafield(t.Context(), s.access, shopify.OnShop); !errors.Is(err, shopify.ErrAnswer) || !strings.Contains(err.Error(), "65536 bytes") {
		t.Error(err)
	}
}

// Each failure for a while, and then an answer.
func TestTroubleEnds(t *testing.T) {
	for name, fault := range map[string]shopifytest.Fault{
		"dropped": shopifytest.Drop, "503": shopifytest.Status(503), "429": shopifytest.TooMany("1"), "throttled": shopifytest.Throttled, "lost": shopifytest.Lose,
	} {
		s := open(t)
		s.Set(acme, shopifytest.OnShop, "value")
		s.Break(acme, fault, fault, fault, fault)
		got, err := s.Metafield(t.Context(), s.access, shopify.OnShop)
		if err != nil || !got.Value.Equal(secret.New("value")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// As long as the bucket needs, and a little more; never less.
func TestPauses(t *testing.T) {
	rows := map[string]struct {
		fault    shopifytest.Fault
		from, to time.Duration
	}{
		"bucket":      {shopifytest.Throttled, 500 * time.Millisecond, 625 * time.Millisecond}, // 10 points at 20 a second
		"no bucket":   {shopifytest.Plain, time.Second, 1250 * time.Millisecond},
		"Retry-After": {shopifytest.TooMany("2.0"), 2 * time.Second, 2500 * time.Millisecond},
		"at once":     {shopifytest.TooMany("0"), 200 * time.Millisecond, 250 * time.Millisecond},
		"half a min":  {shopifytest.TooMany("30"), 30 * time.Second, 37500 * time.Millisecond},
		"failure":     {shopifytest.Status(500), 100 * time.Millisecond, 200 * time.Millisecond},
	}
	for name, row := range rows {
		s := open(t)
		s.Break(acme, row.fault)
		if _, err := s.Metafield(t.Context(), s.access, shopify.OnShop); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(s.pauses) != 1 || s.pauses[0] < row.from || s.pauses[0] > row.to {
			t.Errorf("%s: %v, want %s to %s", name, s.pauses, row.from, row.to)
		}
	}
}

// Servers that were told the same do not come back together.
func TestPausesAreJittered(t *testing.T) {
	for name, fault := range map[string]shopifytest.Fault{"throttled": shopifytest.TooMany("2.0"), "failed": shopifytest.Status(500)} {
		seen := map[time.Duration]bool{}
		for range 10 {
			s := open(t)
			s.Break(acme, fault)
			_, _ = s.Metafield(t.Context(), s.access, shopify.OnShop)
			seen[s.pauses[0]] = true
		}
		if len(seen) < 2 {
			t.Errorf("%s: always %v", name, seen)
		}
	}
}

func TestPausesGrow(t *testing.T) {
	s := open(t)
	for range 5 {
		s.Break(acme, shopifytest.Drop)
	}
	_, _ = s.Metafield(t.Context(), s.access, shopify.OnShop)
	for i, d := range s.pauses {
		if low := 100 * time.Millisecond << i; d < low || d > 2*low {
			t.Errorf("pause %d of %v: want %s to %s", i, s.pauses, low, 2*low)
		}
	}
}

// A bucket that is really empty fills while the client waits.
func TestBucket(t *testing.T) {
	s := open(t)
	s.Bucket(acme, 20, 4)
	for range 8 {
		if err := s.Define(t.Context(), s.access); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.pauses) < 6 {
		t.Errorf("pauses: %v", s.pauses)
	}
}

func TestNoAnswer(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.Break(acme, shopifytest.Hang)
	s.OnArrival(func(string, string) { cancel() })
	_, err := s.Metafield(ctx, s.access, shopify.OnShop)
	if !errors.Is(err, context.Canceled) || errors.Is(err, shopify.ErrUnavailable) || len(s.Calls(acme)) != 1 {
		t.Error(err)
	}
}

// impatient gives up on each request by itself, as server/outbound does.
type impatient struct {
	shopify.HTTP
	arrived chan struct{}
}

func (i impatient) Do(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() {
		select {
		case <-i.arrived:
			cancel()
		case <-ctx.Done():
		}
	}()
	answer, err := i.HTTP.Do(r.WithContext(ctx))
	if err != nil {
		err = context.DeadlineExceeded
	}
	return answer, err
}

// A request that timed out by itself is asked again; a write is looked up first.
func TestTimeout(t *testing.T) {
	s := open(t)
	hung := make(chan struct{})
	s.HTTP = impatient{s.HTTP, hung}
	s.Break(acme, shopifytest.Pass, shopifytest.HangAfter)
	s.OnDone(func(_, operation string) {
		if operation == set {
			hung <- struct{}{}
		}
	})
	changed, err := s.Replace(t.Context(), s.access, shopify.OnShop, secret.New("new"), is())
	if got := s.Calls(acme); !changed || err != nil || len(got) != 3 {
		t.Errorf("%v, %v after %v", changed, err, got)
	}
}

// Without a Pause of its own, a client waits by the clock and until ctx ends.
func TestPauseByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, asked := time.Now(), 0
		c := shopify.Client{HTTP: doer(func(*http.Request) (*http.Response, error) { asked++; return nil, errors.New("no route") })}
		access := shopify.Access{Shop: acme, Token: secret.New("token")}
		_, err := c.Metafield(t.Context(), access, shopify.OnShop)
		if took := time.Since(began); !errors.Is(err, shopify.ErrUnavailable) || asked != 5 || took < 1500*time.Millisecond || took > 3*time.Second {
			t.Errorf("%v, %d times in %s", err, asked, took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		began, asked = time.Now(), 0
		_, err = c.Metafield(ctx, access, shopify.OnShop)
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || asked != 1 || took != 50*time.Millisecond {
			t.Errorf("%v, %d times in %s", err, asked, took)
		}
	})
}

type doer func(*http.Request) (*http.Response, error)

func (f doer) Do(r *http.Request) (*http.Response, error) { return f(r) }

// Where the shop is, in production.
func TestRequest(t *testing.T) {
	var seen *http.Request
	c := shopify.Client{HTTP: doer(func(r *http.Request) (*http.Response, error) { seen = r; return nil, errors.New("seen") }), Pause: func(context.Context, time.Duration) error { return errors.New("enough") }}
	_, _ = c.Metafield(t.Context(), shopify.Access{Shop: acme, Token: secret.New("shpat_x")}, shopify.OnShop)
	if got, want := seen.Method+" "+seen.URL.String(), "POST https://acme.myshopify.com/admin/api/2026-07/graphql.json"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if seen.Header.Get("X-Shopify-Access-Token") != "shpat_x" || seen.Header.Get("Content-Type") != "application/json" || seen.Header.Get("User-Agent") == "" {
		t.Errorf("%v", seen.Header)
	}
	_, _ = c.Exchange(t.Context(), acme, "client", secret.New("s"), secret.New("c"))
	if got := seen.URL.String(); got != "https://acme.myshopify.com/admin/oauth/access_token" || seen.Header.Get("X-Shopify-Access-Token") != "" {
		t.Errorf("%s %v", got, seen.Header)
	}
}
