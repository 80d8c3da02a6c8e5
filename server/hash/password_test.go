package hash

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/secret"
)

func TestHashIsOfTodaysCost(t *testing.T) {
	var l ledger
	p := NewPasswords(Config{Watch: l.note})
	phc := hashed(t, p, "correct horse")
	if form := regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`); !form.MatchString(phc) {
		t.Errorf("the hash is %q", phc)
	}
	for _, stored := range []string{phc, ""} {
		want := answer{OK: stored == phc}
		if diff := cmp.Diff(want, verify(p, stored, "correct horse")); diff != "" {
			t.Errorf("%q:\n%s", stored, diff)
		}
	}
	production := Cost{Memory: 19456, Passes: 2, Lanes: 1}
	if diff := cmp.Diff([]Cost{production, production, production}, l.read()); diff != "" {
		t.Errorf("made, known, unknown:\n%s", diff)
	}
}

// Watch is told by the same line that evaluates. Memory tells by itself: each
// evaluation takes 19 MiB anew, and nothing else takes as much.
func TestOneEvaluationTakesMemoryOnce(t *testing.T) {
	p := NewPasswords(Config{})
	known := hashed(t, p, "correct horse")
	for _, phc := range []string{known, "", "$argon2id$v=19$m=4194304,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$0AuQxA"} {
		for _, password := range []string{"correct horse", "", strings.Repeat("x", 1024), strings.Repeat("x", 1025)} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			verify(p, phc, password)
			runtime.ReadMemStats(&after)
			if mib := float64(after.TotalAlloc-before.TotalAlloc) / (1 << 20); mib < 19 || mib > 20 {
				t.Errorf("%q, %d bytes: %.1f MiB, want one evaluation's 19", phc, len(password), mib)
			}
		}
	}
}

func TestSaltsDiffer(t *testing.T) {
	p := NewPasswords(Config{WeakForTests: true})
	one, two := hashed(t, p, "x"), hashed(t, p, "x")
	if one == two {
		t.Error("one password twice has the same hash")
	}
	mine, yours := p.dummy, NewPasswords(Config{}).dummy
	if bytes.Equal(mine.salt, yours.salt) || bytes.Equal(mine.tag, yours.tag) {
		t.Error("two processes compare with the same dummy")
	}
}

// Whoever times the answers, or counts the work, must not learn who is there.
func TestEveryAnswerIsOneEvaluation(t *testing.T) {
	var l ledger
	p := NewPasswords(Config{WeakForTests: true, Watch: l.note})
	right, other := "correct horse", Cost{Memory: 16, Passes: 2, Lanes: 2}
	stored := map[string]struct {
		phc  string
		cost Cost
		err  error
	}{
		"known":           {hashed(t, p, right), weak, nil},
		"unknown":         {"", weak, nil},
		"of another cost": {made(t, p, other, right), other, nil},
		"not a hash":      {"correct horse", weak, ErrStored},
		"4 GiB":           {"$argon2id$v=19$m=4194304,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$0AuQxA+RjPiJeA19Op7DwrFxnfh9xeTU2T6mFj2wThc", weak, ErrStored},
		"bcrypt":          {"$2a$10$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", weak, ErrStored},
	}
	passwords := map[string]string{
		"right": right, "wrong": "battery staple", "empty": "", "1,024 bytes": strings.Repeat("x", 1024),
		"1,025 bytes": strings.Repeat("x", 1025), "a megabyte": strings.Repeat("x", 1<<20), "dollars": "$$$$$",
	}
	l.read()
	for kind, s := range stored {
		for name, password := range passwords {
			got := verify(p, s.phc, password)
			matches := s.err == nil && s.phc != "" && name == "right"
			want := answer{OK: matches, Again: matches && s.cost == other, Err: s.err}
			if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("%s, %s:\n%s", kind, name, diff)
			}
			if diff := cmp.Diff([]Cost{s.cost}, l.read()); diff != "" {
				t.Errorf("%s, %s: evaluations:\n%s", kind, name, diff)
			}
		}
	}
}

// made is a hash that Hash would not make.
func made(t *testing.T, p *Passwords, c Cost, password string) string {
	t.Helper()
	return madeWith(t, p, record{c, random(saltSize), make([]byte, tagSize)}, password)
}

func madeWith(t *testing.T, p *Passwords, r record, password string) string {
	t.Helper()
	tag, err := p.evaluate(t.Context(), password, r)
	if err != nil {
		t.Fatal(err)
	}
	r.tag = tag
	return r.String()
}

func TestAgain(t *testing.T) {
	p := NewPasswords(Config{WeakForTests: true})
	tests := map[string]struct {
		r    record
		want bool
	}{
		"as today's": {record{weak, random(saltSize), random(tagSize)}, false},
		"memory":     {record{Cost{9, 1, 1}, random(saltSize), random(tagSize)}, true},
		"passes":     {record{Cost{8, 2, 1}, random(saltSize), random(tagSize)}, true},
		"lanes":      {record{Cost{16, 1, 2}, random(saltSize), random(tagSize)}, true},
		"salt":       {record{weak, random(saltSize - 1), random(tagSize)}, true},
		"tag":        {record{weak, random(saltSize), random(tagSize + 1)}, true},
	}
	for name, tt := range tests {
		phc := madeWith(t, p, tt.r, "x")
		if diff := cmp.Diff([]answer{{OK: true, Again: tt.want}, {}}, []answer{verify(p, phc, "x"), verify(p, phc, "y")}); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestHashRefuses(t *testing.T) {
	var l ledger
	p := NewPasswords(Config{WeakForTests: true, Watch: l.note})
	for size, want := range map[int]error{0: ErrLength, 1: nil, 1024: nil, 1025: ErrLength, 1 << 20: ErrLength} {
		phc, err := p.Hash(t.Context(), secret.New(strings.Repeat("x", size)))
		if !errors.Is(err, want) || (phc == "") != (err != nil) {
			t.Errorf("%d bytes: %q, %v; want error %v", size, phc, err, want)
		}
		if evaluated := len(l.read()); evaluated > 0 != (err == nil) {
			t.Errorf("%d bytes: %d evaluations", size, evaluated)
		}
	}
}

// Somebody else may have made a hash of what we would have refused.
func TestRefusedPasswordsMatchNothing(t *testing.T) {
	p := NewPasswords(Config{WeakForTests: true})
	long := strings.Repeat("x", 1025)
	for name, tt := range map[string]struct{ phc, password string }{
		"empty":            {"$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Me1B4tc/J/3+TrS+xlE0Hli6Q0dwUcb+StrXNdgu4Io", ""},
		"long":             {made(t, p, weak, long), long},
		"long, cut":        {made(t, p, weak, long[:1024]), long},
		"long, as if none": {made(t, p, weak, ""), long},
	} {
		if diff := cmp.Diff(answer{}, verify(p, tt.phc, tt.password)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestEveryByteCounts(t *testing.T) {
	p := NewPasswords(Config{WeakForTests: true})
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 1, MaxPassword).Draw(t, "password")
		phc, err := p.Hash(t.Context(), secret.New(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		if got := verify(p, phc, string(b)); got != (answer{OK: true}) {
			t.Fatalf("the right password: %+v", got)
		}
		at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		changed := append([]byte{}, b...)
		changed[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		for _, wrong := range []string{string(changed), string(b[:at]), string(b) + "\x00", "\x00" + string(b)} {
			if got := verify(p, phc, wrong); got != (answer{}) {
				t.Fatalf("%d bytes, changed at %d: %+v", len(b), at, got)
			}
		}
	})
}

func TestErrorsShowNoPassword(t *testing.T) {
	p := NewPasswords(Config{WeakForTests: true})
	canary := strings.Repeat("canary-7Qx9", 100)
	_, refused := p.Hash(t.Context(), secret.New(canary))
	got := fmt.Sprint(refused, verify(p, canary, canary))
	if !strings.Contains(got, "hash: ") || strings.Contains(got, "canary") {
		t.Errorf("the errors say %q", got)
	}
}
