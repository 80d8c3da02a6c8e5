package broker_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

const (
	shop     = "acme-dev.myshopify.com"
	customer = "7210381803720"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 700_000_000, time.UTC)

// bench is a broker whose every part can be replaced by a test.
type bench struct {
	tenant *broker.Tenant
	rule   broker.Rule
	limit  limiter
	signer signer
	events []broker.Event
}

type proofFunc func() (broker.Identity, error)

func (f proofFunc) Prove(context.Context, *broker.Tenant, *broker.Request) (broker.Identity, error) {
	return f()
}

type limiter struct {
	refuse  error
	done    []error
	instead error
}

func (l *limiter) Allow(context.Context, *broker.Tenant, *broker.Request) (func(error) error, error) {
	return func(err error) error {
		l.done = append(l.done, err)
		if l.instead != nil {
			return l.instead
		}
		return err
	}, l.refuse
}

type signer struct {
	wants []broker.Want
	err   error
}

func (s *signer) Sign(w broker.Want) (string, error) {
	s.wants = append(s.wants, w)
	return "token", s.err
}

func (s *signer) SignAccess(w broker.Want) (string, error) {
	_, err := s.Sign(w)
	return "access token", err
}

func (s *signer) SignPerson(w broker.Want) (string, error) {
	_, err := s.Sign(w)
	return "ID token", err
}

func (b *bench) Record(e broker.Event) { b.events = append(b.events, e) }

func newBench(t *testing.T) *bench {
	t.Helper()
	key, err := hmac.NewKey([]byte("a key for pseudonyms, of this test only"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{}
	b.tenant = &broker.Tenant{Name: "acme", Active: true, TokenTTL: 15 * time.Minute, Pseudonyms: key, Signer: &b.signer}
	b.rule = broker.Rule{Proof: proofFunc(proven), Yields: broker.YieldIDToken, MaxTTL: 24 * time.Hour, Unaudited: true, Client: broker.NoClient}
	return b
}

func proven() (broker.Identity, error) {
	return broker.Identity{
		Subject: broker.Subject{Kind: broker.Customer, ID: customer},
		Shop:    &broker.Shop{Name: shop},
		Method:  broker.HMAC2,
	}, nil
}

func (b *bench) broker() *broker.Broker {
	return &broker.Broker{
		Rules:     map[broker.GrantType]broker.Rule{broker.Storefront: b.rule},
		Limit:     &b.limit,
		Recorders: []broker.Recorder{b},
		Now:       func() time.Time { return noon },
	}
}

func (b *bench) exchange() (broker.Grant, error) {
	return b.broker().Exchange(context.Background(), b.tenant, &broker.Request{ID: "r1", Grant: broker.Storefront})
}

func TestExchange(t *testing.T) {
	b := newBench(t)
	got, err := b.exchange()
	if err != nil {
		t.Fatal(err)
	}
	issued := noon.Truncate(time.Second)
	if diff := cmp.Diff(broker.Grant{Token: "token", Yields: broker.YieldIDToken, Subject: broker.Subject{Kind: broker.Customer, ID: customer}, IssuedAt: issued, ExpiresAt: issued.Add(15 * time.Minute)}, got); diff != "" {
		t.Error(diff)
	}
	if pid := b.signer.wants[0].Identity.PID; pid != broker.DerivePID(b.tenant.Pseudonyms, shop, customer) {
		t.Errorf("pid %q is not the derived one", pid)
	}
	if len(b.events) != 1 || b.events[0].Err != nil || b.events[0].Identity.PID == "" || b.events[0].RequestID != "r1" {
		t.Errorf("events: %+v", b.events)
	}
	if len(b.limit.done) != 1 || b.limit.done[0] != nil {
		t.Errorf("the limiter was told %v", b.limit.done)
	}
}

// Every control stands in the one path: each row switches one on, and neither
// Exchange nor Identify may get past it.
func TestControls(t *testing.T) {
	refusal := broker.Refuse(broker.InvalidSignature, "no")
	rows := []struct {
		name    string
		arrange func(*bench)
		code    broker.Code
		proved  bool // the proof was asked
	}{
		{"tenant suspended", func(b *bench) { b.tenant.Active = false }, broker.AccessDenied, false},
		{"grant denied", func(b *bench) { b.tenant.Denied = map[broker.GrantType]bool{broker.Storefront: true} }, broker.AccessDenied, false},
		{"limit reached", func(b *bench) { b.limit.refuse = broker.Refuse(broker.RateLimited, "slow") }, broker.RateLimited, false},
		{"proof refuses", func(b *bench) {
			b.rule.Proof = proofFunc(func() (broker.Identity, error) { return broker.Identity{}, refusal })
		}, broker.InvalidSignature, true},
		{"proof fails", func(b *bench) {
			b.rule.Proof = proofFunc(func() (broker.Identity, error) { return broker.Identity{}, errors.New("disk on fire") })
		}, broker.ServerError, true},
		{"proof returns nobody", func(b *bench) {
			b.rule.Proof = proofFunc(func() (broker.Identity, error) { return broker.Identity{}, nil })
		}, broker.ServerError, true},
		{"customer blocked", func(b *bench) {
			b.tenant.Blocked = map[broker.Digest]bool{broker.BlockDigest(b.tenant.Pseudonyms, shop, customer): true}
		}, broker.AccessDenied, true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			row.arrange(b)
			proved, proof := false, b.rule.Proof
			b.rule.Proof = proofFunc(func() (broker.Identity, error) {
				proved = true
				return proof.Prove(context.Background(), nil, nil)
			})
			_, exchanged := b.exchange()
			_, identified := b.broker().Identify(context.Background(), b.tenant, &broker.Request{Grant: broker.Storefront})
			for _, err := range []error{exchanged, identified} {
				if err == nil || broker.AsError(err).Code != row.code {
					t.Errorf("got %v, want %s", err, row.code)
				}
			}
			if proved != row.proved {
				t.Errorf("proof asked: %v", proved)
			}
			if len(b.signer.wants) != 0 {
				t.Error("a token was signed")
			}
			if len(b.events) != 2 || b.events[0].Err == nil || b.events[1].Err == nil {
				t.Errorf("not recorded as refused: %+v", b.events)
			}
		})
	}
}

func TestUnknownGrant(t *testing.T) {
	b := newBench(t)
	_, err := b.broker().Exchange(context.Background(), b.tenant, &broker.Request{Grant: "made-up"})
	if broker.AsError(err).Code != broker.AccessDenied {
		t.Errorf("got %v", err)
	}
}

func TestLimiterLearnsTheOutcome(t *testing.T) {
	b := newBench(t)
	b.tenant.Blocked = map[broker.Digest]bool{broker.BlockDigest(b.tenant.Pseudonyms, shop, customer): true}
	_, _ = b.exchange()
	if len(b.limit.done) != 1 || b.limit.done[0] == nil {
		t.Errorf("told %v, want the refusal", b.limit.done)
	}
}

// Many guesses at once may each be right to go on, and together too many.
func TestLimiterRefusesAfterAll(t *testing.T) {
	b := newBench(t)
	b.limit.instead = broker.Refuse(broker.RateLimited, "slow")
	if _, err := b.exchange(); broker.AsError(err).Code != broker.RateLimited || len(b.signer.wants) > 0 {
		t.Errorf("%v, %d tokens", err, len(b.signer.wants))
	}
}

func TestTokenLife(t *testing.T) {
	rows := []struct {
		name              string
		tenant, rule, ttl time.Duration
	}{
		{"the tenant's where it is shorter", time.Minute, time.Hour, time.Minute},
		{"the rule's where it is shorter", 24 * time.Hour, time.Hour, time.Hour},
		{"none where the rule has none", time.Hour, 0, 0},
		{"none where the tenant has none", 0, time.Hour, 0},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			b.tenant.TokenTTL, b.rule.MaxTTL = row.tenant, row.rule
			g, err := b.exchange()
			if got := g.ExpiresAt.Sub(g.IssuedAt); got != row.ttl || (err != nil) != (row.ttl == 0) {
				t.Errorf("life %s, error %v", got, err)
			}
		})
	}
}

func TestRuleThatYieldsNothing(t *testing.T) {
	b := newBench(t)
	b.rule.Yields = 0
	if _, err := b.exchange(); err == nil || len(b.signer.wants) > 0 {
		t.Error("a token was issued")
	}
	if _, err := b.broker().Identify(context.Background(), b.tenant, &broker.Request{Grant: broker.Storefront}); err != nil {
		t.Errorf("an identity needs no yield: %v", err)
	}
}

func TestSigningFails(t *testing.T) {
	b := newBench(t)
	b.signer.err = errors.New("canary-cause")
	_, err := b.exchange()
	e := broker.AsError(err)
	if e.Code != broker.Unavailable || e.RetryAfter == 0 || strings.Contains(e.Message, "canary") {
		t.Errorf("got %+v", e)
	}
}

func TestAsErrorTellsNothing(t *testing.T) {
	e := broker.AsError(errors.New("canary: dial tcp 10.0.0.1"))
	if e.Code != broker.ServerError || strings.Contains(e.Message, "canary") {
		t.Errorf("got %+v", e)
	}
	if !strings.Contains(e.Error(), "canary") {
		t.Error("the log is not told the cause")
	}
}

// A rule may serve suspended tenants too, and nothing else gets past by it.
func TestEvenSuspended(t *testing.T) {
	b := newBench(t)
	b.tenant.Active, b.rule.EvenSuspended = false, true
	ask := func() error {
		_, err := b.broker().Identify(context.Background(), b.tenant, &broker.Request{Grant: broker.Storefront})
		return err
	}
	if err := ask(); err != nil {
		t.Errorf("suspended: %v", err)
	}
	b.tenant.Denied = map[broker.GrantType]bool{broker.Storefront: true}
	if err := ask(); err == nil || broker.AsError(err).Code != broker.AccessDenied {
		t.Errorf("denied: %v", err)
	}
}
