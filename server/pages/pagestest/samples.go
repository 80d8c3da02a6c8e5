// Package pagestest has every page as people may see it, for tests and to look at.
package pagestest

import (
	"time"

	"github.com/shapestoken/shapestoken/server/pages"
)

// Sample is a page in one of its states.
type Sample struct {
	Name string
	Page pages.Page
}

const (
	brand  = "Pebblewick"
	app    = "Contact Sync"
	home   = "contacts.example.com"
	person = "robin@example.com"
	id     = "01JC8Q2V5N7T3W9X4Y6Z8A0BCD"
	sent   = "/sent"
	state  = "ZXhhbXBsZQ"
)

// Samples are all of them: whoever adds a page adds it here.
func Samples() []Sample {
	return append([]Sample{
		{"login", login("", "", 0)},
		{"login-wrong", login(person, pages.WrongLogin, 0)},
		{"login-wait", login(person, pages.TooMany, 40*time.Second)},
		{"login-alone", pages.Login{Brand: brand, Action: sent, Request: state}},
		{"consent", consent(scopes("openid", "email", "contacts.read", "contacts.write", "products.read", "email-templates.read", "offline_access"))},
		{"consent-all", consent(scopes("*", "offline_access"))},
		{"consent-own", consent(append(scopes("stock.*", "loyalty.read", "redeem-strategy"), pages.Scope{Name: "points", Text: "Add points to your balance"}))},
		{"grant", grant("", "")},
		{"grant-refused", grant(person, pages.SetupOpen)},
		{"account", account},
		{"account-empty", pages.Account{Brand: brand, Person: person, LogoutAction: sent, Token: state}},
		{"onward", pages.Onward{Brand: brand, URL: "com.example.contacts:/answer"}},
		{"onward-home", pages.Onward{Brand: brand, Home: home, URL: "/not/outside"}},
		{"leaving", pages.Leaving{Brand: brand, Action: sent, Request: "client_id=client_1"}},
		{"signed-out", pages.SignedOut{Brand: brand, Back: "https://shop.example.com/"}},
		{"installed", pages.Installed{Brand: brand, Admin: "https://acme-dev.myshopify.com/admin"}},
	}, failures()...)
}

func login(name string, trouble pages.Trouble, wait time.Duration) pages.Login {
	return pages.Login{Brand: brand, App: app, Action: sent, Request: state, Name: name, Trouble: trouble, Wait: wait, RequestID: id}
}

func consent(scopes []pages.Scope) pages.Consent {
	return pages.Consent{Brand: brand, App: app, AppID: "client_contacts", Home: home, Person: person, Scopes: scopes,
		Action: sent, SwitchAction: sent, Request: state, Token: state}
}

func scopes(names ...string) (all []pages.Scope) {
	for _, name := range names {
		all = append(all, pages.Scope{Name: name})
	}
	return all
}

func grant(email string, trouble pages.Trouble) pages.Grant {
	return pages.Grant{Brand: brand, App: "Morning Notes", Home: "notes.example.com", Action: sent, Email: email, Trouble: trouble,
		Lines:  []string{"Access and read your conversation history.", "Create new memories for you.", "Trigger actions when new conversations are created."},
		Hidden: []pages.Field{{Name: "app_id", Value: "morning-notes"}, {Name: "state", Value: state}}, RequestID: id}
}

var account = pages.Account{Brand: brand, Person: person, RevokeAction: sent, LogoutAction: sent, Token: state, Apps: []pages.Allowed{
	{Client: "client_contacts", Name: app, Scopes: scopes("openid", "contacts.read", "contacts.write", "offline_access"), Since: time.Date(2026, 3, 12, 9, 30, 0, 0, time.UTC)},
	{Client: "client_reports", Name: "Weekly Reports", Scopes: scopes("analytics.read", "reports.read"), Since: time.Date(2025, 11, 2, 18, 0, 0, 0, time.UTC)},
}}

// failures are one page for each fault, by its name.
func failures() (all []Sample) {
	for _, fault := range []pages.Fault{
		"", pages.UnknownClient, pages.WrongRedirect, pages.WrongRequest, pages.NotReady, pages.NotInstalled, pages.ExpiredPage,
		pages.CrossSite, pages.NotAvailable, pages.NotFound, pages.TooManyRequests,
	} {
		p := pages.Failure{Brand: brand, Fault: fault, RequestID: id}
		if fault == pages.WrongRequest {
			p.Detail = "code_challenge_method is missing; send S256"
		}
		all = append(all, Sample{"failure-" + string(fault), p})
	}
	return all
}
