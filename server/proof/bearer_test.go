package proof_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/proof"
	"github.com/shapestoken/shapestoken/server/secret"
)

// chest is a Vault and a Reader, in which everything is found by its text.
type chest struct {
	api    map[string]broker.APIToken
	opaque map[string]broker.AccessToken
	jwt    map[string]broker.Identity
	err    error
}

func digestOf(text string) (d broker.Digest) {
	copy(d[:], text)
	return d
}

func (c chest) APIToken(_ context.Context, tenant string, sum broker.Digest) (broker.APIToken, error) {
	for text, a := range c.api {
		if digestOf(text) == sum && tenant == "acme" {
			return a, c.err
		}
	}
	return broker.APIToken{}, orNotFound(c.err)
}

func (c chest) AccessToken(_ context.Context, tenant string, sum broker.Digest) (broker.AccessToken, error) {
	for text, a := range c.opaque {
		if digestOf(text) == sum && tenant == "acme" {
			return a, c.err
		}
	}
	return broker.AccessToken{}, orNotFound(c.err)
}

func orNotFound(err error) error {
	if err == nil {
		return broker.ErrNotFound
	}
	return err
}

func (c chest) Hint(string) (string, string, error) { return "", "", errors.New("not asked here") }

func (c chest) Read(token string) (broker.Identity, error) {
	if id, there := c.jwt[token]; there {
		return id, nil
	}
	return broker.Identity{}, errors.New("canary: not one of ours")
}

func kindOfTest(text secret.Text) broker.TokenKind {
	switch text.Reveal()[:1] {
	case "a":
		return broker.AnAPIToken
	case "o":
		return broker.AnOpaqueToken
	case "x":
		return 0
	}
	return broker.AnAccessToken
}

func TestBearer(t *testing.T) {
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	user := broker.Subject{Kind: broker.Person, ID: "u"}
	c := chest{
		api: map[string]broker.APIToken{
			"a good":    {ID: "1", User: "u", Client: "c", Name: "n", Scopes: broker.Scopes{"x"}, Made: noon.Add(-time.Hour), Expires: noon.Add(1)},
			"a forever": {ID: "2", User: "u"}, "a over": {ID: "3", User: "u", Expires: noon}, "a revoked": {ID: "4", User: "u", Revoked: noon},
		},
		opaque: map[string]broker.AccessToken{
			"o good":    {Client: "c", Subject: user, Scopes: broker.Scopes{"x"}, Method: broker.PWD, Issued: noon.Add(-time.Hour), Expires: noon.Add(1)},
			"o forever": {Client: "c", Subject: user}, "o over": {Client: "c", Subject: user, Expires: noon},
			"o revoked": {Client: "c", Subject: user, Revoked: noon}, "o elsewhere": {Client: "c", Subject: user, Audience: []string{"https://b.example"}},
		},
		jwt: map[string]broker.Identity{
			"jwt":       {Subject: user, Audience: []string{"https://x.example", "https://own.example"}, Token: &broker.Shown{Kind: broker.AnAccessToken}},
			"elsewhere": {Subject: user, Audience: []string{"https://b.example"}, Token: &broker.Shown{Kind: broker.AnAccessToken}},
			"id":        {Subject: user, Audience: []string{"https://own.example"}, Token: &broker.Shown{Kind: broker.AnIDToken}},
		},
	}
	tenant := &broker.Tenant{Name: "acme", Audience: []string{"https://own.example"}, Reader: c}
	use := proof.Bearer{
		Stored: proof.Stored{Vault: c, Sum: func(s secret.Text) broker.Digest { return digestOf(s.Reveal()) }, Now: func() time.Time { return noon }},
		Kinds:  []broker.TokenKind{broker.AnAccessToken, broker.AnOpaqueToken, broker.AnAPIToken}, KindOf: kindOfTest,
	}
	ask := func(p proof.Bearer, t *broker.Tenant, text string) (broker.Identity, error) {
		return p.Prove(context.Background(), t, &broker.Request{Bearer: secret.New(text)})
	}
	about := use
	about.Kinds, about.ForAnybody = append(about.Kinds, broker.AnIDToken), true
	for text, want := range map[string]struct{ use, about bool }{
		"a good": {true, true}, "a forever": {true, true}, "a over": {}, "a revoked": {}, "a unknown": {},
		"o good": {true, true}, "o forever": {true, true}, "o over": {}, "o revoked": {}, "o unknown": {}, "o elsewhere": {false, true},
		"jwt": {true, true}, "elsewhere": {false, true}, "id": {false, true}, "unknown": {}, "x": {},
	} {
		for p, good := range map[*proof.Bearer]bool{&use: want.use, &about: want.about} {
			id, err := ask(*p, tenant, text)
			if (err == nil) != good {
				t.Errorf("%s: %v", text, err)
			}
			if e := broker.AsError(err); err != nil && (e.Code != broker.InvalidToken || e.Message != broker.ErrToken.Message || id.Subject.Kind != broker.Nobody) {
				t.Errorf("%s: %+v, %v", text, id, err)
			}
		}
	}
	if _, err := ask(use, &broker.Tenant{Name: "umbra", Reader: chest{}}, "a good"); broker.AsError(err).Code != broker.InvalidToken {
		t.Errorf("at another tenant: %v", err)
	}
	got, _ := ask(use, tenant, "a good")
	want := broker.Identity{Subject: user, Method: broker.OurToken, Scopes: broker.Scopes{"x"}, NotAfter: noon.Add(1), Token: &broker.Shown{
		Kind: broker.AnAPIToken, ID: "1", Name: "n", User: "u", Client: "c", Issued: noon.Add(-time.Hour), Expires: noon.Add(1)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got, _ = ask(use, tenant, "o good")
	want.Token = &broker.Shown{Kind: broker.AnOpaqueToken, ID: broker.OpaqueID(digestOf("o good")), Sum: digestOf("o good"), Client: "c", Issued: noon.Add(-time.Hour), Expires: noon.Add(1)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	c.err = errors.New("disk on fire")
	use.Stored.Vault = c
	for _, text := range []string{"a good", "o good", "a unknown", "o unknown"} {
		if _, err := ask(use, tenant, text); broker.AsError(err).Code != broker.Unavailable {
			t.Errorf("%s with the store away: %v", text, err)
		}
	}
}

// folk is a Directory.
type folk struct {
	found []broker.Profile
	err   error
}

func (f folk) Profiles(context.Context, string, broker.ProfileRef) ([]broker.Profile, error) {
	return f.found, f.err
}

func TestProfile(t *testing.T) {
	shop := &broker.Shop{Name: "a.myshopify.com", Policy: broker.V1AndV2}
	tenant := &broker.Tenant{Shops: map[string]*broker.Shop{shop.Name: shop}}
	known := broker.Profile{PID: "p", Customer: broker.CustomerRef{Shop: shop.Name, ID: "7"}}
	elsewhere := broker.Profile{PID: "p", Customer: broker.CustomerRef{Shop: "gone.myshopify.com", ID: "7"}}
	stranger := broker.Profile{PID: "q", Customer: broker.CustomerRef{Shop: "c.myshopify.com", ID: "7"}}
	for _, row := range []struct {
		name   string
		who    string
		folk   folk
		code   broker.Code
		id, at string
	}{
		{"a customer", "p", folk{found: []broker.Profile{known}}, "", "7", shop.Name},
		{"one of a shop that is not the tenant's any more", "p", folk{found: []broker.Profile{elsewhere}}, "", "7", "gone.myshopify.com"},
		{"one who shops in two", "p", folk{found: []broker.Profile{known, elsewhere}}, "", "7", shop.Name},
		{"two who share an id", "7", folk{found: []broker.Profile{known, stranger}}, broker.InvalidRequest, "", ""},
		{"nobody in particular", "", folk{err: errors.New("is not asked")}, "", "", ""},
		{"somebody unknown", "r", folk{err: broker.ErrNotFound}, broker.NotFound, "", ""},
		{"while the store is away", "p", folk{err: errors.New("away")}, broker.Unavailable, "", ""},
	} {
		got, err := proof.Profile{Directory: row.folk}.Prove(t.Context(), tenant, &broker.Request{Who: broker.ProfileRef{ID: row.who}})
		if row.code != "" || err != nil {
			if err == nil || broker.AsError(err).Code != row.code || got.Subject.Kind != broker.Nobody {
				t.Errorf("%s: %+v, %v", row.name, got, err)
			}
			continue
		}
		at := ""
		if got.Shop != nil {
			at = got.Shop.Name
		}
		wants := map[bool]broker.SubjectKind{true: broker.Guest, false: broker.Customer}[row.id == ""]
		if diff := cmp.Diff([]any{wants, row.id, row.at, broker.OurToken}, []any{got.Subject.Kind, got.Subject.ID, at, got.Method}); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
	}
}
