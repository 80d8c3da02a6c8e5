package pages

// SignedOut is where signing out ends.
type SignedOut struct {
	Brand string // the tenant's
	Back  string // where a link leads: http, https or a path of ours; may be empty
}

func (SignedOut) template() string       { return "signedout" }
func (p SignedOut) title(t *text) string { return t.titled(t.SignedOut, p.Brand, "") }
