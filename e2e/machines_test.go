package e2e

// What the clients of the tests may do, for whom, and as which user.
const (
	bookings = "https://bookings.acme.example" // an audience
	stock    = "https://stock.acme.example"    // another, not granted
	login    = "shopify-integration@acme.example"
	password = "correct horse & battery=staple+100%" // must be escaped in a form
)

// registered is a client of acme, as `client create` prints it; one that signs has
// no secret.
type registered struct{ id, secret string }

func (p *program) client(flags ...string) registered {
	p.t.Helper()
	made := p.must("", append([]string{"client", "create", "acme", "integration"}, flags...)...)
	secret, _ := made["client_secret"].(string)
	return registered{made["client_id"].(string), secret}
}

// at is what a library is told of it.
func (r registered) at(issuer string) object {
	return object{"issuer": issuer, "id": r.id, "secret": r.secret, "method": "client_secret_basic"}
}

// machine is one that may do what the tests' clients do.
func (p *program) machine(flags ...string) registered {
	p.t.Helper()
	return p.client(append([]string{
		"--grant", "client_credentials", "--grant", "password", "--grant", "token-exchange", "--scope", "profiles.*", "--scope", "read-transactions", "--audience", bookings,
	}, flags...)...)
}

// user is the machine user that integrations log in as.
func (p *program) user() {
	p.t.Helper()
	p.must(password, "user", "create", "acme", login, "--password-stdin", "--machine", "--scope", "profiles.*")
}

// issuerOf is acme's issuer at a service that listens there.
func issuerOf(address string) string { return "http://" + address + "/t/acme" }
