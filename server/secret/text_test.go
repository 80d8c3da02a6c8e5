package secret_test

import (
	"encoding/json"
	"encoding/xml"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/secret"
)

func TestZeroIsEmpty(t *testing.T) {
	filled := secret.New("x")
	if err := filled.UnmarshalText(nil); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]secret.Text{"zero": {}, "new": secret.New(""), "unmarshalled": filled} {
		if !text.Empty() || text.Len() != 0 || text.Reveal() != "" || !text.Equal(secret.Text{}) {
			t.Errorf("%s: an empty secret is not empty", name)
		}
	}
	if secret.New("x").Empty() {
		t.Error("a secret of one byte is called empty")
	}
}

func TestEqual(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"", "", true},
		{"tuesday", "tuesday", true},
		{"tuesday", "", false},
		{"", "tuesday", false},
		{"tuesday", "Tuesday", false},
		{"tuesday", "tuesday ", false},
		{"tuesday\x00", "tuesday", false},
	}
	for _, tt := range tests {
		if got := secret.New(tt.a).Equal(secret.New(tt.b)); got != tt.want {
			t.Errorf("New(%q).Equal(New(%q)) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestEqualIsEquality(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		if !secret.New(a).Equal(secret.New(a)) {
			t.Fatalf("%q does not equal itself", a)
		}
		if got := secret.New(a).Equal(secret.New(b)); got != (a == b) {
			t.Fatalf("%q and %q: Equal says %v", a, b, got)
		}
	})
}

// The language refuses == and map keys for exactly the types that reflect
// calls incomparable.
func TestDoubleEqualsDoesNotCompile(t *testing.T) {
	if reflect.TypeFor[secret.Text]().Comparable() {
		t.Error("secret.Text can be compared with ==, which is not constant-time")
	}
}

func TestUnmarshal(t *testing.T) {
	type config struct {
		Name     string
		Password secret.Text
		Spare    *secret.Text
	}
	decoders := map[string]func(*config) error{
		"json": func(c *config) error {
			return json.Unmarshal([]byte(`{"Name":"n","Password":"p4ss\u00e9","Spare":"two"}`), c)
		},
		"xml": func(c *config) error {
			return xml.Unmarshal([]byte(`<c><Name>n</Name><Password>p4ssé</Password><Spare>two</Spare></c>`), c)
		},
	}
	spare := secret.New("two")
	want := config{Name: "n", Password: secret.New("p4ssé"), Spare: &spare}
	for name, decode := range decoders {
		t.Run(name, func(t *testing.T) {
			var got config
			if err := decode(&got); err != nil {
				t.Fatal(err)
			}
			// Text's Equal method decides here.
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnmarshalCopies(t *testing.T) {
	buffer := []byte("first")
	var text secret.Text
	if err := text.UnmarshalText(buffer); err != nil {
		t.Fatal(err)
	}
	copy(buffer, "other")
	if got := text.Reveal(); got != "first" {
		t.Errorf("the secret changed with its buffer, to %q", got)
	}
}
