package pages

import "time"

// Login asks for a name and a password. Its form POSTs request, login and password.
type Login struct {
	Brand   string // the tenant's
	App     string // what the person signs in for; may be empty
	Action  string // where the form goes
	Request string // the form's field of that name
	Name    string // what was typed as the login before
	Trouble Trouble
	Wait    time.Duration // with TooMany

	RequestID string // shown if there is trouble; may be empty
}

func (Login) template() string       { return "login" }
func (p Login) title(t *text) string { return t.titled(t.SignIn, p.Brand, p.Trouble) }

// Says is what went wrong.
func (p Login) Says(t *text) string { return t.trouble(p.Trouble, p.Wait) }
