package pages

// Onward sends a browser on to a client, by itself or by a link. It answers a
// form where a redirect would be held to the form's policy: see [Policy].
type Onward struct {
	Brand string // the tenant's
	Home  string // the host; empty: an app on this device
	URL   string // http, https or an app's own scheme; nobody is sent anywhere else
}

func (Onward) template() string       { return "onward" }
func (p Onward) title(t *text) string { return t.titled(t.OnwardTitle, p.Brand, "") }
