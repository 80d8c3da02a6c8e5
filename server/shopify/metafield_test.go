package shopify_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
)

var places = map[shopify.Place]shopifytest.Place{shopify.OnShop: shopifytest.OnShop, shopify.OnApp: shopifytest.OnApp}

func TestMetafield(t *testing.T) {
	for place, there := range places {
		s := open(t)
		got, err := s.Metafield(t.Context(), s.access, place)
		if err != nil || got.Present || got.Owner == "" || got.Shop != acme {
			t.Errorf("none: %+v, %v", got, err)
		}
		s.Set(acme, there, "value-of-this-place")
		got, err = s.Metafield(t.Context(), s.access, place)
		want := shopify.Metafield{Shop: acme, Owner: got.Owner, Present: true, Value: secret.New("value-of-this-place"), Type: "single_line_text_field", Digest: got.Digest}
		if diff := cmp.Diff(want, got); err != nil || diff != "" || got.Digest == "" {
			t.Errorf("one: %v %s", err, diff)
		}
	}
}

func TestSetMetafield(t *testing.T) {
	for place, there := range places {
		s := open(t)
		none, err := s.Metafield(t.Context(), s.access, place)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SetMetafield(t.Context(), s.access, secret.New("first"), none); err != nil || s.value(t, there) != "first" {
			t.Fatalf("where there was none: %v, %q", err, s.value(t, there))
		}
		if err := s.SetMetafield(t.Context(), s.access, secret.New("second"), none); !errors.Is(err, shopify.ErrStale) || s.value(t, there) != "first" {
			t.Errorf("where there was none, and is one now: %v, %q", err, s.value(t, there))
		}
		one, err := s.Metafield(t.Context(), s.access, place)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SetMetafield(t.Context(), s.access, secret.New("second"), one); err != nil || s.value(t, there) != "second" {
			t.Errorf("where there was one: %v, %q", err, s.value(t, there))
		}
		if err := s.SetMetafield(t.Context(), s.access, secret.New("third"), one); !errors.Is(err, shopify.ErrStale) || s.value(t, there) != "second" {
			t.Errorf("which has changed: %v, %q", err, s.value(t, there))
		}
		s.Delete(acme, there)
		if err := s.SetMetafield(t.Context(), s.access, secret.New("third"), one); !errors.Is(err, shopify.ErrStale) || s.value(t, there) != "" {
			t.Errorf("which has gone: %v, %q", err, s.value(t, there))
		}
		spoilt := one
		spoilt.Digest = "not a digest"
		if err := s.SetMetafield(t.Context(), s.access, secret.New("third"), spoilt); !errors.Is(err, shopify.ErrStale) {
			t.Errorf("with a digest that is none: %v", err)
		}
	}
}

// What cannot be right is refused before anything goes out.
func TestNothingIsSent(t *testing.T) {
	s := open(t)
	read, err := s.Metafield(t.Context(), s.access, shopify.OnShop)
	if err != nil {
		t.Fatal(err)
	}
	s.Calls(acme)
	change := func(f func(*shopify.Metafield)) shopify.Metafield { m := read; f(&m); return m }
	ok := secret.New("a-good-value")
	rows := map[string]error{
		"empty":           s.SetMetafield(t.Context(), s.access, secret.Text{}, read),
		"space":           s.SetMetafield(t.Context(), s.access, secret.New("a b"), read),
		"line feed":       s.SetMetafield(t.Context(), s.access, secret.New("a\n"), read),
		"not ASCII":       s.SetMetafield(t.Context(), s.access, secret.New("é"), read),
		"too long":        s.SetMetafield(t.Context(), s.access, secret.New(strings.Repeat("a", 1025)), read),
		"not read":        s.SetMetafield(t.Context(), s.access, ok, shopify.Metafield{Shop: acme}),
		"without digest":  s.SetMetafield(t.Context(), s.access, ok, change(func(m *shopify.Metafield) { m.Present = true })),
		"another shop's":  s.SetMetafield(t.Context(), s.access, ok, change(func(m *shopify.Metafield) { m.Shop = other })),
		"no shop":         s.SetMetafield(t.Context(), shopify.Access{Token: ok}, ok, change(func(m *shopify.Metafield) { m.Shop = "" })),
		"a host":          s.Define(t.Context(), shopify.Access{Shop: "evil.example", Token: ok}),
		"a path":          s.Define(t.Context(), shopify.Access{Shop: "acme.myshopify.com/x", Token: ok}),
		"no token":        s.Define(t.Context(), shopify.Access{Shop: acme}),
		"replace by none": replace(t, s, ""),
	}
	for name, err := range rows {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if calls := s.Calls(acme); len(calls) != 0 {
		t.Errorf("sent: %v", calls)
	}
}

func replace(t *testing.T, s *store, want string) error {
	_, err := s.Replace(t.Context(), s.access, shopify.OnShop, secret.New(want), is())
	return err
}

func TestWrongShop(t *testing.T) {
	for place := range places {
		s := open(t)
		s.Break(acme, shopifytest.Elsewhere(other))
		if _, err := s.Metafield(t.Context(), s.access, place); !errors.Is(err, shopify.ErrWrongShop) {
			t.Errorf("reading: %v", err)
		}
		s.Break(acme, shopifytest.Elsewhere(other))
		_, err := s.Replace(t.Context(), s.access, place, secret.New("want"), is())
		if got := s.Calls(acme); !errors.Is(err, shopify.ErrWrongShop) || len(got) != 2 {
			t.Errorf("replacing: %v after %v", err, got)
		}
	}
}
