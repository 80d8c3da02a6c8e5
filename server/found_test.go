package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/secret"
)

// Whatever is found is told for what it is, ended, and not shown.
func TestFound(t *testing.T) {
	w := newScene(t)
	p := w.copy(t)
	anna := p.list("user", "list", "acme")[0]["user_id"]
	rows := map[string]facts{
		"API token":           {"id": w.apiToken.ID, "sub": anna, "expires": nil},
		"opaque access token": {"client_id": "client_x", "sub": anna, "expires": nil},
		"access token (JWT)":  {"client_id": "client_x", "sub": anna},
		"IDToken (JWT)":       {},
	}
	for kind, want := range rows {
		value := p.must(" "+w.texts[kind]+"\n", "token", "revoke", "acme", "--token-stdin")
		want["kind"], want["revoked"] = kind, true
		if strings.Contains(kind, "JWT") {
			if value["id"] == nil || value["expires"] == nil {
				t.Errorf("%s: %v", kind, value)
			}
			delete(value, "id")
			delete(value, "expires")
		}
		if diff := cmp.Diff(want, value); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
	s := p.database()
	rec, err := s.In("acme").Load(t.Context())
	if err != nil || len(rec.Revoked) != 2 {
		t.Errorf("revoked JWTs: %v, %v", rec.Revoked, err)
	}
	if token, err := s.In("acme").APITokenBySum(t.Context(), sum(secret.New(w.texts["API token"]))); err != nil || token.Revoked.IsZero() {
		t.Errorf("the API token: %+v, %v", token, err)
	}
	if token, err := s.In("acme").AccessTokenBySum(t.Context(), sum(secret.New(w.texts["opaque access token"]))); err != nil || token.Revoked.IsZero() {
		t.Errorf("the opaque one: %+v, %v", token, err)
	}
	_, errs, _ := p.command(w.texts["access token (JWT)"], "token", "revoke", "acme", "--token-stdin")
	if !strings.Contains(errs, elsewhere) {
		t.Errorf("of a JWT it is not said that others take it: %s", errs)
	}
}

// Nobody revokes what is not the tenant's own, nor learns anything about it.
func TestStrange(t *testing.T) {
	w := newScene(t)
	p := w.copy(t)
	p.must("", "tenant", "create", "umbra")
	jwt := w.texts["access token (JWT)"]
	at := strings.LastIndexByte(jwt, '.') + 5
	forged := jwt[:at] + map[bool]string{true: "B", false: "A"}[jwt[at] == 'A'] + jwt[at+1:]
	for name, row := range map[string]struct{ tenant, text, says string }{
		"expired":                  {"acme", w.texts["expired"], "has expired already"},
		"forged":                   {"acme", forged, "no token of this tenant"},
		"no claims":                {"acme", "e30.e30.e30", "no token of this tenant"},
		"an issuer that is none":   {"acme", "e30.eyJpc3MiOiJ4In0.e30", "no token of this tenant"},
		"four parts":               {"acme", jwt + ".x", "no token of this tenant"},
		"not base64":               {"acme", "a.!.c", "no token of this tenant"},
		"another tenant's JWT":     {"umbra", jwt, "no token of this tenant"},
		"another tenant's expired": {"umbra", w.texts["expired"], "no token of this tenant"},
		"another tenant's API":     {"umbra", w.texts["API token"], "no token of this tenant"},
		"another tenant's opaque":  {"umbra", w.texts["opaque access token"], "no token of this tenant"},
		"a part of one":            {"acme", w.texts["API token"][:20], "only a part"},
		"one with a slip":          {"acme", "shp_" + w.texts["opaque access token"][4:], "only a part"},
		"an id_secret":             {"acme", secretA, "no token of this tenant"},
		"too long":                 {"acme", strings.Repeat("a", 8193), "longer than 8192 bytes"},
	} {
		was := p.dump()
		out, errs, code := p.command(row.text, "token", "revoke", row.tenant, "--token-stdin")
		if code != refused || out != "" || !strings.Contains(errs, row.says) || strings.Contains(errs, row.text) {
			t.Errorf("%s: exit %d: %s%s", name, code, out, errs)
		}
		if diff := cmp.Diff(was, p.dump()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
