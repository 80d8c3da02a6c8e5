package pages

// Installed tells a merchant that an app is there, and leads back to where they
// have come from.
type Installed struct {
	Brand string // the tenant's
	Admin string // of the shop: http, https or a path of ours
}

func (Installed) template() string       { return "installed" }
func (p Installed) title(t *text) string { return t.titled(t.Installed, p.Brand, "") }
