package pages

import "time"

// Grant is a login and a consent in one page, as OMI has it. Its form POSTs its
// hidden fields, email, password and answer=allow; the button that denies POSTs
// the hidden fields and answer=deny, and no password.
type Grant struct {
	Brand string // the tenant's
	App   string
	Lines []string // what the app may do then, in the page's language
	Home  string   // the host where both answers lead; may be empty

	Action  string
	Hidden  []Field
	Email   string // what was typed before
	Trouble Trouble
	Wait    time.Duration // with TooMany

	RequestID string // shown if there is trouble; may be empty
}

// Field is a form's hidden field.
type Field struct{ Name, Value string }

func (Grant) template() string { return "grant" }

func (p Grant) title(t *text) string {
	return t.titled(plain(t.Asks, "app", p.App, "brand", p.Brand), "", p.Trouble)
}

// Says is what went wrong.
func (p Grant) Says(t *text) string { return t.trouble(p.Trouble, p.Wait) }
