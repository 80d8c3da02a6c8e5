package hash

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	good = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$0AuQxA+RjPiJeA19Op7DwrFxnfh9xeTU2T6mFj2wThc"
	salt = "AAECAwQFBgcICQoLDA0ODw"
)

func TestParseRefuses(t *testing.T) {
	tests := map[string]struct{ old, new string }{
		"another kind":            {"argon2id", "argon2i"},
		"an older version":        {"v=19", "v=16"},
		"no version":              {"v=19$", ""},
		"no dollar in front":      {"$argon2id", "argon2id"},
		"text in front":           {"$argon2id", "x$argon2id"},
		"a part more":             {"$m=", "$$m="},
		"another order":           {"m=19456,t=2", "t=2,m=19456"},
		"no lanes":                {",p=1", ""},
		"a key id":                {"p=1", "p=1,keyid=AAAA"},
		"memory by another name":  {"m=", "n="},
		"memory without its name": {"m=", ""},
		"passes without a name":   {"t=", ""},
		"lanes without a name":    {"p=", ""},
		"a zero in front":         {"m=19456", "m=019456"},
		"a sign":                  {"t=2", "t=+2"},
		"a space":                 {"t=2", "t= 2"},
		"hexadecimal":             {"t=2", "t=0x2"},
		"an underscore":           {"m=19456", "m=19_456"},
		"negative":                {"t=2", "t=-2"},
		"4 GiB":                   {"m=19456", "m=4194304"},
		"past 32 bits":            {"m=19456", "m=4294986752"},
		"past 8 bits":             {"p=1", "p=257"},
		"past 64 bits":            {"t=2", "t=18446744073709551618"},
		"padding":                 {salt, salt + "=="},
		"a line break in base64":  {salt, "AAECAwQFBgcI\nCQoLDA0ODw"},
		"a line break at the end": {"wThc", "wThc\n"},
		"base64url":               {"A+R", "A-R"},
		"stray bits":              {"ODw", "ODx"},
		"not base64":              {salt, "!" + salt[1:]},
		"no salt":                 {salt, ""},
		"no tag":                  {"$0AuQxA+RjPiJeA19Op7DwrFxnfh9xeTU2T6mFj2wThc", ""},
		"another part":            {"wThc", "wThc$"},
	}
	if _, err := parse(good); err != nil {
		t.Fatal(err)
	}
	for name, tt := range tests {
		text := strings.Replace(good, tt.old, tt.new, 1)
		if text == good {
			t.Errorf("%s: nothing was changed", name)
		}
		if r, err := parse(text); !errors.Is(err, ErrStored) {
			t.Errorf("%s: %q was read as %s, %v; want ErrStored", name, text, r, err)
		}
	}
}

func TestBounds(t *testing.T) {
	of := func(memory, passes uint32, lanes uint8, salt, tag int) record {
		return record{Cost{memory, passes, lanes}, random(salt), random(tag)}
	}
	tests := []struct {
		in, out record
	}{
		{of(8, 1, 1, 16, 32), of(7, 1, 1, 16, 32)},
		{of(32, 1, 4, 16, 32), of(31, 1, 4, 16, 32)},
		{of(65536, 1, 1, 16, 32), of(65537, 1, 1, 16, 32)},
		{of(19456, 1, 1, 16, 32), of(19456, 0, 1, 16, 32)},
		{of(19456, 5, 1, 16, 32), of(19456, 6, 1, 16, 32)},
		{of(19456, 2, 1, 16, 32), of(19456, 2, 0, 16, 32)},
		{of(19456, 2, 4, 16, 32), of(19456, 2, 5, 16, 32)},
		{of(19456, 2, 1, 8, 32), of(19456, 2, 1, 7, 32)},
		{of(19456, 2, 1, 64, 32), of(19456, 2, 1, 65, 32)},
		{of(19456, 2, 1, 16, 16), of(19456, 2, 1, 16, 15)},
		{of(19456, 2, 1, 16, 64), of(19456, 2, 1, 16, 65)},
	}
	for _, tt := range tests {
		if _, err := parse(tt.in.String()); err != nil {
			t.Errorf("%s: %v, want it read", tt.in, err)
		}
		if _, err := parse(tt.out.String()); !errors.Is(err, ErrStored) {
			t.Errorf("%s: %v, want ErrStored", tt.out, err)
		}
	}
}

func TestParseReadsWhatStringWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lanes := rapid.Uint8Range(1, mostLanes).Draw(t, "lanes")
		want := record{
			cost: Cost{rapid.Uint32Range(8*uint32(lanes), mostMemory).Draw(t, "memory"), rapid.Uint32Range(1, mostPasses).Draw(t, "passes"), lanes},
			salt: rapid.SliceOfN(rapid.Byte(), leastSalt, mostSalt).Draw(t, "salt"),
			tag:  rapid.SliceOfN(rapid.Byte(), leastTag, mostTag).Draw(t, "tag"),
		}
		got, err := parse(want.String())
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(record{})); diff != "" || err != nil {
			t.Fatalf("%s: %v\n%s", want, err, diff)
		}
	})
}

var grammar = regexp.MustCompile(`\A\$argon2id\$v=19\$m=[1-9][0-9]{0,4},t=[1-5],p=[1-4]\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}\z`)

func FuzzParse(f *testing.F) {
	for _, tt := range foreign {
		f.Add(tt.phc)
	}
	f.Add("$argon2id$v=19$m=4194304,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$0AuQxA")
	f.Add("$2a$10$AAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parse(text)
		if err != nil {
			if !errors.Is(err, ErrStored) {
				t.Errorf("refused with %v, want ErrStored", err)
			}
			return
		}
		if !grammar.MatchString(text) || r.String() != text || !r.bounded() {
			t.Errorf("%q was read as %s", text, r)
		}
	})
}
