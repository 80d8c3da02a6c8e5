package token

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
)

const maxAge = 5 * time.Minute

var errGone = errors.New("that key is not next any more")

// memory keeps keys as the store does.
type memory struct {
	keys   []broker.SigningKey
	fail   error
	before func() // runs between a read and the change that follows it
}

func (m *memory) Keys(context.Context) ([]broker.SigningKey, error) {
	read := append([]broker.SigningKey(nil), m.keys...)
	if m.before != nil {
		m.before()
	}
	return read, m.fail
}

func (m *memory) PromoteKey(_ context.Context, kid string, next broker.SigningKey, at time.Time) error {
	if k, ok := find(m.keys, broker.Next); !ok || k.KID != kid {
		return errGone
	}
	for i := range m.keys {
		switch k := &m.keys[i]; k.State {
		case broker.Current:
			k.State, k.Retired = broker.Retired, at
		case broker.Next:
			k.State, k.Activated = broker.Current, at
		}
	}
	m.keys = append(m.keys, next)
	return nil
}

func (m *memory) ReplaceNext(_ context.Context, kid string, next broker.SigningKey) error {
	for i, k := range m.keys {
		if k.State == broker.Next && k.KID == kid {
			m.keys[i] = next
			return nil
		}
	}
	return errGone
}

func (m *memory) ReplaceKeys(_ context.Context, active, next broker.SigningKey) error {
	m.keys = []broker.SigningKey{active, next}
	return m.fail
}

func newMemory(t rapid.TB, alg broker.Algorithm) *memory {
	t.Helper()
	return &memory{keys: made[[]broker.SigningKey](t)(First(alg, now))}
}

// shape is what matters of keys beside their secrets.
func shape(keys []broker.SigningKey) []broker.SigningKey {
	bare := make([]broker.SigningKey, len(keys))
	for i, k := range keys {
		bare[i] = broker.SigningKey{Algorithm: k.Algorithm, State: k.State, Published: k.Published, Activated: k.Activated, Retired: k.Retired}
	}
	return bare
}

func TestFirst(t *testing.T) {
	keys := made[[]broker.SigningKey](t)(First(broker.EdDSA, now))
	want := []broker.SigningKey{
		{Algorithm: broker.EdDSA, State: broker.Current, Published: now, Activated: now},
		{Algorithm: broker.EdDSA, State: broker.Next, Published: now},
	}
	if diff := cmp.Diff(want, shape(keys), compareSecrets); diff != "" || keys[0].KID == keys[1].KID {
		t.Errorf("kids %q, %q; %s", keys[0].KID, keys[1].KID, diff)
	}
	if _, err := First("HS256", now); err == nil {
		t.Error("keys for HS256")
	}
}

func TestWait(t *testing.T) {
	next := []broker.SigningKey{{State: broker.Current}, {State: broker.Next, Published: now}}
	for _, tt := range []struct {
		name    string
		keys    []broker.SigningKey
		elapsed time.Duration
		want    time.Duration
	}{
		{"just published", next, 0, maxAge},
		{"a moment short", next, maxAge - 1, 1},
		{"on the moment", next, maxAge, 0},
		{"long ago", next, 24 * time.Hour, 0},
		{"published by a clock ahead", next, -time.Minute, maxAge + time.Minute},
		{"no next key", next[:1], 24 * time.Hour, maxAge},
	} {
		if got := Wait(tt.keys, maxAge, now.Add(tt.elapsed)); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestRotate(t *testing.T) {
	m, ctx := newMemory(t, broker.ES256), t.Context()
	second := m.keys[1].KID
	var soon *TooSoon
	if err := Rotate(ctx, m, broker.EdDSA, maxAge, now.Add(maxAge-1)); !errors.As(err, &soon) || soon.Wait != 1 || len(m.keys) != 2 {
		t.Fatalf("a moment early: %v, %d keys", err, len(m.keys))
	}
	if !strings.Contains(soon.Error(), " 1s ") {
		t.Errorf("a nanosecond left is told as %q", soon.Error())
	}
	at := now.Add(maxAge)
	if err := Rotate(ctx, m, broker.EdDSA, maxAge, at); err != nil {
		t.Fatal(err)
	}
	want := []broker.SigningKey{
		{Algorithm: broker.ES256, State: broker.Retired, Published: now, Activated: now, Retired: at},
		{Algorithm: broker.ES256, State: broker.Current, Published: now, Activated: at},
		{Algorithm: broker.EdDSA, State: broker.Next, Published: at},
	}
	if diff := cmp.Diff(want, shape(m.keys), compareSecrets); diff != "" || m.keys[1].KID != second {
		t.Errorf("active %q, not %q; %s", m.keys[1].KID, second, diff)
	}
}

// Two servers rotate at once: one of them finds its key promoted already.
func TestRotateRace(t *testing.T) {
	m, ctx, at := newMemory(t, broker.ES256), t.Context(), now.Add(maxAge)
	other := *m
	m.before = func() {
		m.before = nil
		if err := Rotate(ctx, &other, broker.ES256, maxAge, at); err != nil {
			t.Fatal(err)
		}
		m.keys = other.keys
	}
	if err := Rotate(ctx, m, broker.ES256, maxAge, at); !errors.Is(err, errGone) || len(m.keys) != 3 {
		t.Errorf("%v, %d keys", err, len(m.keys))
	}
}

func TestEmergency(t *testing.T) {
	m, ctx := newMemory(t, broker.ES256), t.Context()
	old := map[string]bool{m.keys[0].KID: true, m.keys[1].KID: true}
	if err := Emergency(ctx, m, broker.EdDSA, now); err != nil {
		t.Fatal(err)
	}
	want := []broker.SigningKey{
		{Algorithm: broker.EdDSA, State: broker.Current, Published: now, Activated: now},
		{Algorithm: broker.EdDSA, State: broker.Next, Published: now},
	}
	if diff := cmp.Diff(want, shape(m.keys), compareSecrets); diff != "" || old[m.keys[0].KID] || old[m.keys[1].KID] {
		t.Errorf("an old key is left, or %s", diff)
	}
}

func TestChangeAlgorithm(t *testing.T) {
	m, ctx, later := newMemory(t, broker.ES256), t.Context(), now.Add(time.Hour)
	first, second := m.keys[0].KID, m.keys[1].KID
	if err := ChangeAlgorithm(ctx, m, broker.ES256, later); err != nil || m.keys[1].KID != second {
		t.Errorf("the same algorithm: %v, or the next key was replaced", err)
	}
	if err := ChangeAlgorithm(ctx, m, broker.EdDSA, later); err != nil {
		t.Fatal(err)
	}
	want := []broker.SigningKey{
		{Algorithm: broker.ES256, State: broker.Current, Published: now, Activated: now},
		{Algorithm: broker.EdDSA, State: broker.Next, Published: later},
	}
	if diff := cmp.Diff(want, shape(m.keys), compareSecrets); diff != "" || m.keys[0].KID != first || m.keys[1].KID == second {
		t.Errorf("%s", diff)
	}
	if err := Rotate(ctx, m, broker.EdDSA, maxAge, later); !errors.As(err, new(*TooSoon)) {
		t.Errorf("the new key signs at once: %v", err)
	}
}

func TestRotationFails(t *testing.T) {
	broken := errors.New("broken")
	at := now.Add(maxAge)
	for name, run := range map[string]func(context.Context, Keys, broker.Algorithm) error{
		"rotate":    func(ctx context.Context, k Keys, alg broker.Algorithm) error { return Rotate(ctx, k, alg, maxAge, at) },
		"change":    func(ctx context.Context, k Keys, alg broker.Algorithm) error { return ChangeAlgorithm(ctx, k, alg, at) },
		"emergency": func(ctx context.Context, k Keys, alg broker.Algorithm) error { return Emergency(ctx, k, alg, at) },
	} {
		m := newMemory(t, broker.EdDSA)
		before := shape(m.keys)
		if err := run(t.Context(), m, "HS256"); err == nil || !cmp.Equal(before, shape(m.keys), compareSecrets) {
			t.Errorf("%s to HS256: %v", name, err)
		}
		m.fail = broken
		if err := run(t.Context(), m, broker.ES256); !errors.Is(err, broken) {
			t.Errorf("%s without the store: %v", name, err)
		}
		m.fail, m.keys = nil, m.keys[:1]
		if err := run(t.Context(), m, broker.ES256); (name == "emergency") != (err == nil) || err != nil && !errors.Is(err, ErrNoNext) {
			t.Errorf("%s without a next key: %v", name, err)
		}
	}
}
