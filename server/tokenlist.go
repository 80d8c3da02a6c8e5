package main

import (
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type tokenList struct {
	Tenant string `arg:""`
	User   string `env:"-" help:"Only those of the user with this login." placeholder:"LOGIN"`
}

// Run lists API tokens, never their texts.
func (c *tokenList) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		t, id := s.In(c.Tenant), ""
		if c.User != "" {
			user, err := findUser(a, t, c.User)
			if err != nil {
				return err
			}
			id = user.ID
		}
		users, err := t.Users(a.ctx)
		if err != nil {
			return err
		}
		logins := map[string]string{}
		for _, u := range users {
			logins[u.ID] = u.Login
		}
		return printTokens(a, t, id, logins)
	})
}

const pageful = 1000

func printTokens(a *app, t store.Tenant, user string, logins map[string]string) error {
	values := []facts{}
	rows := [][]string{{"TOKEN", "NAME", "USER", "SCOPES", "MADE", "EXPIRES", "LAST USED", "REVOKED"}}
	for last := (broker.APIToken{}); ; {
		list, err := t.APITokens(a.ctx, user, last, pageful)
		if err != nil {
			return err
		}
		for _, token := range list {
			values = append(values, tokenValue(token, logins[token.User]))
			rows = append(rows, []string{
				token.ID, token.Name, logins[token.User], token.Scopes.String(), rfc3339(token.Made),
				moment(token.Expires, "never"), moment(token.Used, "never"), moment(token.Revoked, ""),
			})
		}
		if len(list) < pageful {
			return a.print(values, table(rows))
		}
		last = list[len(list)-1]
	}
}

func tokenValue(token broker.APIToken, login string) facts {
	return facts{
		"id": token.ID, "name": token.Name, "user_id": token.User, "login": login, "client_id": token.Client,
		"scopes": notNil(token.Scopes), "created_at": rfc3339(token.Made), "expires_at": stamp(token.Expires),
		"last_used_at": stamp(token.Used), "revoked_at": stamp(token.Revoked),
	}
}

// stamp is a time for programs, or null.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return rfc3339(t)
}

// moment is a time for people, or what stands for none.
func moment(t time.Time, none string) string {
	if t.IsZero() {
		return none
	}
	return rfc3339(t)
}
