package pages

// Leaving asks whether somebody wants to sign out. Its form POSTs request.
type Leaving struct {
	Brand   string // the tenant's
	Action  string // where the form goes
	Request string // the form's field of that name
}

func (Leaving) template() string       { return "leaving" }
func (p Leaving) title(t *text) string { return t.titled(t.SignOut, p.Brand, "") }
