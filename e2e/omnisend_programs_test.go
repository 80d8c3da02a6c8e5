package e2e

import (
	"testing"
)

// The programs of the page do what the page says of them.
func TestOmnisendPrograms(t *testing.T) {
	p := newAcme(t)
	p.must(password, "user", "create", "acme", login, "--password-stdin", "--scope", "contacts.*")
	flags := []string{"--grant", "authorization_code", "--grant", "refresh_token", "--redirect-uri", "http://localhost:8090/callback", "--scope", "contacts.read"}
	who, public := p.client(flags...), p.client(append(flags, "--public")...)
	pages := system{"omnisend", "/v4/contacts"}.programs(t)
	pages.link("@types/node")
	pages.tsc("bundler", "--types", "node", "main.ts", "omnisend.ts")
	d := newDoor(t, p)
	for language, build := range languages {
		if language == "shell" {
			continue
		}
		t.Run(language, func(t *testing.T) {
			a := connected{t: t, door: d, project: pages, who: who, build: build}
			a.isOnItsGuard()
			a.connects()
			a.renews()
			a.keepsTheRefreshToken()
			a.isRefused()
			a.isDisallowed()
			a.disconnects()
			a.who = public
			a.connects()
		})
	}
}
