package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/store"
)

// Where servers can know of no more sessions that have ended, a person's no is a
// no all the same: all that is theirs ends, and nothing is agreed to any more.
func TestDisallowAmongTooMany(t *testing.T) {
	m := newPeople(t)
	b := m.browser().signIn(m.asking("client_web"))
	given := m.redeem("client_web", b.param("code"))
	access, refresh := given.says(t, 200, "access_token"), given.says(t, 200, "refresh_token")
	m.tamper(fmt.Sprintf(`WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < %d)
		INSERT INTO revoked_token (tenant, jti, client, expires) SELECT 'acme', 'session:x' || n, '', %d FROM count`, store.MostRevoked, time.Now().Add(time.Hour).UnixMicro()))
	b.get(m.public + "/t/acme/account")
	b.send("account/revoke")
	if b.page.Path != "/t/acme/account" && b.page.Path != "/t/acme/oauth2/login" {
		t.Errorf("the page goes on with %s: %d", b.page, b.answer.StatusCode)
	}
	eventually(t, "it has ended", func() bool {
		return !m.active("client_sees", access) && m.refresh("client_web", refresh).StatusCode == 400
	})
	later := m.browser().signIn(m.asking("client_omni")).get(m.asking("client_web", "prompt", "none"))
	if later.param("error") != "consent_required" {
		t.Errorf("nobody was asked again: %s", later.sentTo)
	}
}
