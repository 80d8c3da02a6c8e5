package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type clientList struct {
	Tenant string `arg:""`
}

// Run lists clients, never their secrets.
func (c *clientList) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		all, err := s.In(c.Tenant).Clients(a.ctx)
		if err != nil {
			return err
		}
		values := []facts{}
		rows := [][]string{{"CLIENT", "NAME", "STATUS", "GRANTS", "SCOPES", "AUDIENCES", "TOKENS", "SECRETS"}}
		for _, client := range all {
			value := describeClient(client)
			value["disabled"], value["live_secrets"], value["created_at"] = client.Disabled, len(client.Sums), rfc3339(client.Created)
			value["revoked_before"] = stamp(client.Since)
			values = append(values, value)
			rows = append(rows, []string{
				client.ID, client.Name, status(client.Disabled), strings.Join(grantsOf(client), " "), client.Scopes.String(),
				strings.Join(client.Audiences, " "), format(client) + ", " + life(client.TokenTTL).text(), ways(client),
			})
		}
		return a.print(values, table(rows))
	})
}

// describeClient is what a client may do.
func describeClient(c broker.Client) facts {
	return facts{
		"client_id": c.ID, "name": c.Name, "grants": grantsOf(c), "scopes": notNil(c.Scopes), "audiences": notNil(c.Audiences),
		"token_format": format(c), "token_ttl": life(c.TokenTTL).String(), "jwks_url": c.JWKSURL, "public": c.Public,
		"redirect_uris": notNil(c.Redirects), "session_ttl": life(c.Lasts).String(), "refresh_grace": life(c.Grace).String(),
	}
}

func grantsOf(c broker.Client) []string {
	list := []string{}
	for _, grant := range slices.Sorted(maps.Keys(c.Grants)) {
		list = append(list, string(grant))
	}
	return list
}

func format(c broker.Client) string {
	if c.Opaque {
		return "opaque"
	}
	return "jwt"
}

func status(disabled bool) string {
	if disabled {
		return "disabled"
	}
	return "active"
}

// ways are by what a client can authenticate.
func ways(c broker.Client) string {
	text := fmt.Sprint(len(c.Sums))
	if c.JWKSURL != "" {
		text += " and " + c.JWKSURL
	}
	return text
}
