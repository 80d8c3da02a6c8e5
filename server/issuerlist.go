package main

import (
	"errors"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
)

type issuerList struct {
	Tenant string `arg:""`
}

// Run lists issuers, never their API keys.
func (c *issuerList) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		all, err := s.In(c.Tenant).Issuers(a.ctx)
		if err != nil {
			return err
		}
		values := []facts{}
		rows := [][]string{{"ISSUER", "AUDIENCE", "SIGN-IN", "KEYS"}}
		for _, issuer := range all {
			value := describeIssuer(issuer)
			value["created_at"] = rfc3339(issuer.Created)
			values = append(values, value)
			signIn := "-"
			if !issuer.Key.Empty() {
				signIn = "at our pages"
			}
			rows = append(rows, []string{issuer.URL, issuer.Audience, signIn, issuer.JWKSURL})
		}
		return a.print(values, table(rows))
	})
}

func describeIssuer(i broker.Issuer) facts {
	return facts{"issuer": i.URL, "audience": i.Audience, "jwks_url": i.JWKSURL, "firebase_project": i.Project, "shop": i.Shop, "api_key": !i.Key.Empty()}
}

type issuerRemove struct {
	Tenant string `arg:""`
	Issuer string `arg:"" help:"The issuer's URL, as issuer list shows it, or the Firebase project."`
}

var errNoIssuer = errors.New("the tenant trusts no issuer of that URL or project; issuer list shows those it does")

// Run ends the trust.
func (c *issuerRemove) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		all, err := s.In(c.Tenant).Issuers(a.ctx)
		if err != nil {
			return err
		}
		for _, issuer := range all {
			if issuer.URL == c.Issuer || issuer.Project != "" && issuer.Project == c.Issuer {
				return c.remove(a, s, issuer.URL)
			}
		}
		return errNoIssuer
	})
}

func (c *issuerRemove) remove(a *app, s *store.Store, url string) error {
	value := facts{"issuer": url, "removed": true}
	if err := saying(s, c.Tenant, "issuer remove", value).RemoveIssuer(a.ctx, url); err != nil {
		return err
	}
	return a.print(value, c.Tenant+" does not take the word of "+url+" any more.")
}
