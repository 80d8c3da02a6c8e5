package pages

// Consent asks whether an app may do what it wants to. Its form POSTs request,
// token and answer, which is allow or deny. The form of SwitchAction, for who is
// somebody else, POSTs request and token.
type Consent struct {
	Brand  string // the tenant's
	App    string // the client's name
	AppID  string // shown where it has no name
	Home   string // the host where both answers lead; empty: an app on this device
	Person string // who is signed in: their login
	Scopes []Scope

	Action, SwitchAction string
	Request, Token       string
}

func (Consent) template() string       { return "consent" }
func (p Consent) title(t *text) string { return plain(t.Asks, "app", p.Asker(), "brand", p.Brand) }

// Asker is the app's name, or else its id.
func (p Consent) Asker() string {
	if p.App == "" {
		return p.AppID
	}
	return p.App
}
