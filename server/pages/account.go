package pages

import (
	"strconv"
	"strings"
	"time"
)

// Account shows a person what they have allowed. The form beside an app POSTs
// token and client, the form to sign out POSTs token.
type Account struct {
	Brand  string // the tenant's
	Person string // their login
	Apps   []Allowed

	RevokeAction, LogoutAction string
	Token                      string
}

// Allowed is an app, and what it may do.
type Allowed struct {
	Client string // its id
	Name   string // may be empty
	Scopes []Scope
	Since  time.Time
}

func (Account) template() string       { return "account" }
func (p Account) title(t *text) string { return t.titled(t.Apps, p.Brand, "") }

// Title is the app's name, or else its id.
func (a Allowed) Title() string {
	if a.Name == "" {
		return a.Client
	}
	return a.Name
}

// Day is a date as it is written.
func (t *text) Day(at time.Time) string {
	year, month, day := at.Date()
	return strings.NewReplacer("{day}", strconv.Itoa(day), "{month}", t.Months[month-1], "{year}", strconv.Itoa(year)).Replace(t.Date)
}
