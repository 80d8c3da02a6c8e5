package shopify_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
)

const (
	read = "shop"
	set  = "metafieldsSet"
)

// Each row replaces by "new", knowing "old" and "older".
var replacements = []struct {
	name    string
	before  string
	faults  []shopifytest.Fault
	changed bool
	err     error
	after   string
	calls   []string
}{
	{"none", "", nil, true, nil, "new", []string{read, set}},
	{"one that is known", "old", nil, true, nil, "new", []string{read, set}},
	{"done already", "new", nil, false, nil, "new", []string{read}},
	{"a stranger's", "stranger", nil, false, shopify.ErrForeign, "stranger", []string{read}},
	{"a known one comes between", "old", []shopifytest.Fault{shopifytest.Pass, shopifytest.Interfere("older")}, true, nil, "new", []string{read, set, read, set}},
	{"a stranger's comes between", "old", []shopifytest.Fault{shopifytest.Pass, shopifytest.Interfere("stranger")}, false, shopify.ErrForeign, "stranger", []string{read, set, read}},
	{"a first one comes between", "", []shopifytest.Fault{shopifytest.Pass, shopifytest.Interfere("stranger")}, false, shopify.ErrForeign, "stranger", []string{read, set, read}},
	{"another server does the same", "old", []shopifytest.Fault{shopifytest.Pass, shopifytest.Interfere("new")}, false, nil, "new", []string{read, set, read}},
	{"the answer is lost", "old", []shopifytest.Fault{shopifytest.Pass, shopifytest.Lose}, true, nil, "new", []string{read, set, read}},
	{"the question is lost", "old", []shopifytest.Fault{shopifytest.Pass, shopifytest.Drop}, true, nil, "new", []string{read, set, read, set}},
	{"writing fails", "old", []shopifytest.Fault{shopifytest.Pass, shopifytest.Status(502)}, true, nil, "new", []string{read, set, read, set}},
	{"Shopify fails inside", "old", []shopifytest.Fault{shopifytest.Pass, shopifytest.Says("INTERNAL_SERVER_ERROR", "Internal error.")}, true, nil, "new", []string{read, set, read, set}},
	{"reading fails", "old", []shopifytest.Fault{shopifytest.Drop, shopifytest.Status(503)}, true, nil, "new", []string{read, read, read, set}},
	{"writing is throttled", "old", []shopifytest.Fault{shopifytest.Pass, shopifytest.Throttled, shopifytest.TooMany("1.0")}, true, nil, "new", []string{read, set, set, set}},
	{"lost, and a stranger's comes then", "old", []shopifytest.Fault{shopifytest.Pass, shopifytest.Lose, shopifytest.Interfere("stranger")}, false, shopify.ErrForeign, "stranger", []string{read, set, read}},
	{"writing is refused", "old", []shopifytest.Fault{shopifytest.Pass, shopifytest.Says("MAX_COST_EXCEEDED", "No.")}, false, nil, "old", []string{read, set}},
	{"the write is not allowed", "old", []shopifytest.Fault{shopifytest.Pass, shopifytest.Status(403)}, false, shopify.ErrAccess, "old", []string{read, set}},
	{"stale for ever", "old", slices.Repeat([]shopifytest.Fault{shopifytest.Pass, shopifytest.Interfere("old")}, 9), false, shopify.ErrStale, "old", slices.Repeat([]string{read, set}, 6)},
	{"never an answer to writing", "old", slices.Repeat([]shopifytest.Fault{shopifytest.Pass, shopifytest.Drop}, 9), false, shopify.ErrUnavailable, "old", slices.Repeat([]string{read, set}, 6)},
}

func TestReplace(t *testing.T) {
	for _, row := range replacements {
		t.Run(row.name, func(t *testing.T) {
			s := open(t)
			if row.before != "" {
				s.Set(acme, shopifytest.OnShop, row.before)
			}
			s.Break(acme, row.faults...)
			changed, err := s.Replace(t.Context(), s.access, shopify.OnShop, secret.New("new"), is("old", "older"))
			wantErr := row.err != nil || row.after != "new"
			if changed != row.changed || (err != nil) != wantErr || !errors.Is(err, row.err) && row.err != nil {
				t.Errorf("changed %v, error %v", changed, err)
			}
			if got := s.value(t, shopifytest.OnShop); got != row.after {
				t.Errorf("holds %q, want %q", got, row.after)
			}
			if diff := cmp.Diff(row.calls, s.Calls(acme)); diff != "" {
				t.Error(diff)
			}
			if want := len(row.calls) > 2; len(s.pauses) > 0 != want {
				t.Errorf("pauses: %v", s.pauses)
			}
		})
	}
}

func TestReplaceOnApp(t *testing.T) {
	s := open(t)
	s.Set(acme, shopifytest.OnShop, "stranger")
	changed, err := s.Replace(t.Context(), s.access, shopify.OnApp, secret.New("new"), is())
	if !changed || err != nil || s.value(t, shopifytest.OnApp) != "new" || s.value(t, shopifytest.OnShop) != "stranger" {
		t.Errorf("%v, %v: %q and %q", changed, err, s.value(t, shopifytest.OnApp), s.value(t, shopifytest.OnShop))
	}
}

// Whoever ends the context ends the trying, wherever it stands.
func TestReplaceEnds(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.Break(acme, shopifytest.Pass, shopifytest.Interfere("old"))
	s.OnDone(func(_, operation string) {
		if operation == set {
			cancel()
		}
	})
	_, err := s.Replace(ctx, s.access, shopify.OnShop, secret.New("new"), is("old"))
	if !errors.Is(err, context.Canceled) || len(s.Calls(acme)) != 2 {
		t.Error(err)
	}
}

func TestReplaceEndsInAPause(t *testing.T) {
	s := open(t)
	s.Break(acme, shopifytest.Pass, shopifytest.Interfere("old"))
	enough := errors.New("enough")
	s.Pause = func(context.Context, time.Duration) error { return enough }
	_, err := s.Replace(t.Context(), s.access, shopify.OnShop, secret.New("new"), is("old"))
	if !errors.Is(err, enough) || len(s.Calls(acme)) != 2 {
		t.Error(err)
	}
}

// Answers that say something else than what was asked to be written.
func TestWriteIsCheckedByItsAnswer(t *testing.T) {
	rows := map[string]string{
		"another value": `{"data":{"metafieldsSet":{"metafields":[{"value":"other","compareDigest":"d"}],"userErrors":[]}}}`,
		"no digest":     `{"data":{"metafieldsSet":{"metafields":[{"value":"new","compareDigest":""}],"userErrors":[]}}}`,
		"none":          `{"data":{"metafieldsSet":{"metafields":[],"userErrors":[]}}}`,
		"two":           `{"data":{"metafieldsSet":{"metafields":[{"value":"new","compareDigest":"d"},{"value":"new","compareDigest":"d"}],"userErrors":[]}}}`,
		"no payload":    `{"data":{"metafieldsSet":null}}`,
		"another shape": `{"data":{"metafieldsSet":[]}}`,
	}
	for name, answer := range rows {
		s := open(t)
		s.Break(acme, shopifytest.Pass, shopifytest.Answers(answer))
		changed, err := s.Replace(t.Context(), s.access, shopify.OnShop, secret.New("new"), is())
		if changed || !errors.Is(err, shopify.ErrAnswer) {
			t.Errorf("%s: %v, %v", name, changed, err)
		}
	}
}

func TestReadingIsCheckedByItsAnswer(t *testing.T) {
	rows := map[string]struct {
		answer string
		err    error
	}{
		"no shop":             {`{"data":{"shop":null}}`, shopify.ErrWrongShop},
		"no id":               {`{"data":{"shop":{"myshopifyDomain":"acme.myshopify.com","metafield":null}}}`, shopify.ErrAnswer},
		"another kind of id":  {`{"data":{"shop":{"myshopifyDomain":"acme.myshopify.com","id":"gid://shopify/Product/1"}}}`, shopify.ErrAnswer},
		"without a digest":    {`{"data":{"shop":{"myshopifyDomain":"acme.myshopify.com","id":"gid://shopify/Shop/1","metafield":{"value":"v","compareDigest":""}}}}`, shopify.ErrAnswer},
		"a value of numbers":  {`{"data":{"shop":{"myshopifyDomain":"acme.myshopify.com","id":"gid://shopify/Shop/1","metafield":{"value":12345678,"compareDigest":"d"}}}}`, shopify.ErrAnswer},
		"an upper-case shop":  {`{"data":{"shop":{"myshopifyDomain":"ACME.myshopify.com","id":"gid://shopify/Shop/1"}}}`, shopify.ErrWrongShop},
		"errors beside data":  {`{"data":{"shop":{"myshopifyDomain":"acme.myshopify.com","id":"gid://shopify/Shop/1"}},"errors":[{"message":"partly"}]}`, nil},
		"errors that are one": {`{"errors":"[API] This action requires merchant approval"}`, shopify.ErrAnswer},
	}
	for name, row := range rows {
		s := open(t)
		s.Break(acme, shopifytest.Answers(row.answer))
		got, err := s.Metafield(t.Context(), s.access, shopify.OnShop)
		if err == nil || row.err != nil && !errors.Is(err, row.err) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
