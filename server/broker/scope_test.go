package broker_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
)

func TestParseScopes(t *testing.T) {
	for text, want := range map[string]broker.Scopes{
		"":                            {},
		"*":                           {"*"},
		" read-profiles  profiles.* ": {"profiles.*", "read-profiles"},
		"a a":                         {"a"},
		"https://example.com/x":       {"https://example.com/x"},
	} {
		got, err := broker.ParseScopes(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v %s", text, err, diff)
		}
	}
	for _, text := range []string{`a"b`, `a\b`, "a\tb\x00", "ä", "**", "*a", ".*", "a*", "a.*.b", strings.Repeat("a", 129), strings.Repeat("a ", 1) + strings.Repeat("b", 200)} {
		if got, err := broker.ParseScopes(text); err == nil || broker.AsError(err).Code != broker.InvalidScope {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	many := make([]string, 257)
	for i := range many {
		many[i] = "s" + strings.Repeat("x", i%100)
	}
	if _, err := broker.ParseScopes(strings.Join(many, " ")); err == nil {
		t.Error("257 scopes")
	}
}

func TestCover(t *testing.T) {
	for _, row := range []struct {
		granted string
		covers  string
		not     string
	}{
		{"*", "anything read-profiles profiles.* *", ""},
		{"profiles.*", "profiles.read profiles.* read-profiles delete-profiles profiles.notes.read", "profile profiles read-profile read-profiles-x transactions.read *-profiles *"},
		{"read-profiles", "read-profiles", "profiles.* profiles.read read-profile *"},
		{"x.y.*", "x.y.z", "a-x.y b-x.y.z"},
		{"", "", "a *"},
	} {
		granted, err := broker.ParseScopes(row.granted)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(row.covers) {
			if !granted.Cover(name) {
				t.Errorf("%q does not cover %q", row.granted, name)
			}
		}
		for _, name := range strings.Fields(row.not) {
			if granted.Cover(name) {
				t.Errorf("%q covers %q", row.granted, name)
			}
		}
	}
}

func TestNarrow(t *testing.T) {
	granted := broker.Scopes{"profiles.*", "read-transactions"}
	for _, row := range []struct {
		asked, want broker.Scopes
		code        broker.Code
	}{
		{nil, granted, ""},
		{broker.Scopes{"*"}, granted, ""},
		{broker.Scopes{"profiles.read"}, broker.Scopes{"profiles.read"}, ""},
		{broker.Scopes{"profiles.read", "delete-transactions"}, nil, broker.InvalidScope},
		{broker.Scopes{"transactions.*"}, nil, broker.InvalidScope},
	} {
		got, err := granted.Narrow(row.asked)
		if diff := cmp.Diff(row.want, got); diff != "" || (err != nil) != (row.code != "") || err != nil && broker.AsError(err).Code != row.code {
			t.Errorf("%v: %v %s", row.asked, err, diff)
		}
	}
	if got, err := broker.Scopes(nil).Narrow(nil); err != nil || got != nil {
		t.Errorf("nothing became %v, %v", got, err)
	}
}

// What is common is covered by both, and nothing that both have is left out.
func TestCommon(t *testing.T) {
	names := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"*", "profiles.*", "profiles.read", "read-profiles", "read-transactions", "transactions.*", "x"}), rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		a, b := broker.Scopes(names.Draw(t, "a")), broker.Scopes(names.Draw(t, "b"))
		both := a.Common(b)
		for _, name := range both {
			if !a.Cover(name) || !b.Cover(name) {
				t.Fatalf("%s is not in both of %v and %v", name, a, b)
			}
		}
		for _, name := range []string{"profiles.read", "read-profiles", "read-transactions", "transactions.x", "x", "other"} {
			if a.Cover(name) && b.Cover(name) && !both.Cover(name) {
				t.Fatalf("%s is in both of %v and %v, and not in %v", name, a, b, both)
			}
		}
	})
}
