package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

// How a token is refused: by status, challenge (RFC 6750 section 3) and body.
func TestBearerRefusals(t *testing.T) {
	m := newMachines(t)
	token := m.bobsToken("client_both")
	limited := (&matrix{machines: m}).limitedToken()
	const challenge = `Bearer realm="shapestoken"`
	for _, row := range []struct {
		name, method, path, body, authorization string
		status                                  int
		challenge, says                         string
	}{
		{"no token", "GET", "/api/v3/auth/verify", "", "", 401, challenge, "Authorization: Bearer TOKEN"},
		{"another scheme", "GET", "/api/v3/auth/verify", "", "Basic x", 401, challenge, "Authorization: Bearer TOKEN"},
		{"rubbish", "GET", "/api/v3/auth/verify", "", "Bearer x", 401, challenge + `, error="invalid_token"`, "not good here"},
		{"in the query", "GET", "/api/v3/auth/verify?access_token=" + token, "", "", 400, "", "in a header"},
		{"in the query too", "GET", "/api/v3/auth/verify?access_token=" + token, "", "Bearer " + token, 400, "", "in a header"},
		{"in the query, for a profile", "POST", "/id/api/v1/auth/token?x=1", "{}", "Bearer " + token, 400, "", "in a header"},
		{"in the query, of a login", "POST", "/login?password=x", "", basic(bob, bobsWord), 400, "", "in a header"},
		{"no scope for it", "GET", "/api/v3/auth/api-tokens", "", "Bearer " + limited, 403, challenge + `, error="insufficient_scope"`, "api-tokens.read"},
		{"a name with a NUL", "POST", "/api/v3/auth/api-tokens", `{"name":"a\u0000b","scopes":["*"]}`, "Bearer " + token, 422, "", `"name":[`},
		{"a name that plays with terminals", "POST", "/api/v3/auth/api-tokens", `{"name":"a\u001b[2J","scopes":["*"]}`, "Bearer " + token, 422, "", `"name":[`},
		{"no name", "POST", "/api/v3/auth/api-tokens", `{"scopes":["*"]}`, "Bearer " + token, 422, "", `"name":[`},
		{"no scopes", "POST", "/api/v3/auth/api-tokens", `{"name":"n"}`, "Bearer " + token, 422, "", `"scopes":[`},
		{"scopes that are none", "POST", "/api/v3/auth/api-tokens", `{"name":"n","scopes":"*"}`, "Bearer " + token, 422, "", `"scopes":[`},
		{"an end that is none", "POST", "/api/v3/auth/api-tokens", `{"name":"n","scopes":["*"],"expires_at":"soon"}`, "Bearer " + token, 422, "", `"expires_at":[`},
		{"an end that is over", "POST", "/api/v3/auth/api-tokens", `{"name":"n","scopes":["*"],"expires_at":"2020-01-01T00:00:00Z"}`, "Bearer " + token, 400, "", "in the past"},
		{"an id with a NUL", "POST", "/id/api/v1/auth/token", `{"id":"\u0000"}`, "Bearer " + token, 422, "", `"id":[`},
		{"an id that is none", "POST", "/id/api/v1/auth/token", `{"id":true}`, "Bearer " + token, 422, "", `"id":[`},
		{"a handle that is none", "POST", "/id/api/v1/auth/token", `{"id":"1","id_handle":1}`, "Bearer " + token, 422, "", `"id_handle":[`},
		{"an unknown profile", "POST", "/id/api/v1/auth/token", `{"id":"1"}`, "Bearer " + token, 404, "", "no profile of that id"},
		{"an unknown handle", "POST", "/id/api/v1/auth/token", `{"id":"1","id_handle":"sfcc"}`, "Bearer " + token, 404, "", "no profile of that id"},
		{"not JSON", "POST", "/id/api/v1/auth/token", `x`, "Bearer " + token, 400, "", "JSON object"},
	} {
		header := []string{"Content-Type", "application/json"}
		if row.authorization != "" {
			header = append(header, "Authorization", row.authorization)
		}
		a := m.do(row.method, m.public+"/t/acme"+row.path, row.body, header...)
		if a.StatusCode != row.status || a.Header.Get("WWW-Authenticate") != row.challenge || !strings.Contains(a.body, row.says) || !strings.Contains(a.body, `"request_id":"`) {
			t.Errorf("%s: %d %q %s", row.name, a.StatusCode, a.Header.Get("WWW-Authenticate"), a.body)
		}
	}
	m.stop()
	mustNotSay(t, "the log", m.log.String(), token, bobsWord)
}

// Who may not ask for profiles learns nothing of who is known.
func TestProfilesAreNobodysToGuess(t *testing.T) {
	m := newMachines(t)
	mx := &matrix{machines: m}
	waysIn[0].ask(mx)
	eventually(t, "the customer is known", func() bool {
		list, err := m.store.In("acme").ProfilesOf(t.Context(), broker.CustomerRef{ID: custom})
		return err == nil && len(list) == 1
	})
	limited := mx.limitedToken()
	ask := func(id string) answer {
		return m.withToken("POST", "/id/api/v1/auth/token", limited, `{"id":"`+id+`","id_handle":"shopify"}`)
	}
	if known, unknown := ask(custom), ask("778"); known.StatusCode != 403 || unknown.StatusCode != 403 || same(known.body) != same(unknown.body) {
		t.Errorf("%d %s, and %d %s", known.StatusCode, known.body, unknown.StatusCode, unknown.body)
	}
}

// A client that has revoked its share of JWTs one by one ends all that it had; it
// takes nothing from others.
func TestRevokingWithoutEnd(t *testing.T) {
	m := newMachines(t)
	first, last := m.selfToken("client_self"), m.selfToken("client_self")
	iat := func(token string) float64 { return claimsOf(t, `{"token":"`+token+`"}`)["iat"].(float64) }
	var after string
	eventually(t, "a later second", func() bool {
		after = m.selfToken("client_self")
		return iat(after) > iat(last)
	})
	for n := range store.MostOfClient {
		m.tamper(fmt.Sprintf(`INSERT INTO revoked_token (tenant, jti, client, expires) VALUES ('acme', 'x%d', 'client_self', %d)`, n, time.Now().Add(time.Hour).UnixMicro()))
	}
	if a := m.ask("/oauth2/revoke", "token="+last+"&"+as("client_self")); a.StatusCode != 200 {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	eventually(t, "it has ended", func() bool { return !m.active("client_sees", last) && !m.active("client_sees", first) })
	if !m.active("client_sees", after) {
		t.Error("a later one has ended, too")
	}
	others := m.bobsToken("client_both")
	m.ask("/oauth2/revoke", "token="+others+"&"+as("client_both"))
	eventually(t, "another client's has ended", func() bool { return !m.active("client_sees", others) })
}

// The introspection of a JWT says what the JWT says.
func TestIntrospectionOfALogin(t *testing.T) {
	m := newMachines(t)
	login := m.do("POST", m.public+"/t/acme/login", "", "Authorization", basic(bob, bobsWord)).says(t, 200, "token")
	a := m.ask("/oauth2/introspect", "token="+login+"&"+as("client_sees"))
	for _, member := range []string{"client_id", "sub", "scope", "iss", "jti"} {
		if got, want := a.says(t, 200, member), claimsOf(t, `{"token":"`+login+`"}`)[member]; got != want {
			t.Errorf("%s: %q, and %q in the token", member, got, want)
		}
	}
	if got := a.says(t, 200, "username"); got != bob {
		t.Errorf("username %q", got)
	}
}
