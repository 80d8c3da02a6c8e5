package pages

// Failure is a page that tells a person what went wrong, and what they can do.
type Failure struct {
	Brand     string // the tenant's; may be empty
	Fault     Fault
	Detail    string // for whoever makes the app, in English; may be empty
	RequestID string // may be empty
}

// Fault is what went wrong. One that is not in the list, like the zero value,
// is our own.
type Fault string

// What can go wrong.
const (
	UnknownClient   Fault = "unknown_client"
	WrongRedirect   Fault = "wrong_redirect"
	WrongRequest    Fault = "wrong_request" // of the app: something else that it says is wrong
	NotReady        Fault = "not_ready"     // an app that cannot be connected
	NotInstalled    Fault = "not_installed" // a shop's app
	ExpiredPage     Fault = "expired"
	CrossSite       Fault = "cross_site"
	NotAvailable    Fault = "unavailable"
	NotFound        Fault = "not_found"
	TooManyRequests Fault = "too_many_requests"
)

func (Failure) template() string       { return "failure" }
func (p Failure) title(t *text) string { return t.titled(p.Says(t).Title, p.Brand, "") }

// Says is what there is to say of it.
func (p Failure) Says(t *text) fault {
	if says, known := t.Faults[p.Fault]; known {
		return says
	}
	return t.Faults[""]
}
