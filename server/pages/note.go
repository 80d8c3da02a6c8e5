package pages

// Note says something else, in words of the caller's: render it in the language
// that they are in.
type Note struct {
	Brand       string // the tenant's; may be empty
	Title, Text string
	Link        Link
	Bad         bool   // something went wrong
	RequestID   string // may be empty
}

// Link is shown if both are there: an address (http, https or a path of ours),
// and what stands on it.
type Link struct{ URL, Text string }

func (Note) template() string       { return "note" }
func (p Note) title(t *text) string { return t.titled(p.Title, p.Brand, "") }
