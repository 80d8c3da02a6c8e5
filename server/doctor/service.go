package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// service asks who answers at the endpoint.
func service(ctx context.Context, v *visit) {
	if v.endpoint == nil {
		return
	}
	if v.answers = isOmneo(v.endpoint.String()); v.answers {
		v.note("omneo-service", "The endpoint is Omneo's own service, which names no keys; it is asked about this page only.", "Nothing. To see that a token comes, give a page that a customer has saved, with --html FILE --exchange.")
		return
	}
	a, err := v.ask.once(ctx, http.MethodGet, v.endpoint.JoinPath("/.well-known/openid-configuration"), nil, nil)
	if err != nil {
		v.silent(err)
		return
	}
	var says struct {
		Issuer string `json:"issuer"`
		JWKS   string `json:"jwks_uri"`
	}
	switch broken := json.Unmarshal(a.body, &says) != nil || says.Issuer == "" || says.JWKS == ""; {
	case a.redirects():
		v.fail("endpoint-redirects", fmt.Sprintf("The endpoint answers with a redirect (%d): a browser follows none when it asks for leave.", a.status), "Give the render line the address where the service itself answers.")
	case a.status >= http.StatusInternalServerError:
		v.fail("service-unavailable", fmt.Sprintf("The service answers with status %d%s.", a.status, a.words()), "Try again later, and tell whoever runs the service.")
	case a.status != http.StatusOK && a.refusal().ID != "":
		v.fail("tenant-unknown", fmt.Sprintf("The service does not know the endpoint (%d)%s.", a.status, a.words()), "Give the render line the address as whoever runs the service told it: https://HOST/t/TENANT, or https://api.TENANT.DOMAIN.")
	case a.status != http.StatusOK || broken:
		v.notService(a.status)
	default:
		v.keys(ctx, says.Issuer)
	}
}

func (v *visit) silent(err error) {
	if aboutTLS(err) {
		v.fail("endpoint-tls", "The service's certificate is not in order: "+reason(err)+".", "Tell whoever runs the service: it needs a certificate for this host name that browsers trust.")
		return
	}
	v.fail("endpoint-unreachable", "The service does not answer at "+v.endpoint.Host+": "+reason(err)+".", "Check the endpoint in the render line; if it is right, the service is down, or cannot be reached from here: ask whoever runs it.")
}

func (v *visit) notService(status int) {
	v.fail("not-a-service", fmt.Sprintf("Something answers at the endpoint (%d), but it is no shapestoken: it has no keys at /.well-known/.", status), "Check the endpoint in the render line, with its path: https://HOST/t/TENANT.")
}

// keys are what backends verify tokens with: a service has some.
func (v *visit) keys(ctx context.Context, issuer string) {
	a, err := v.ask.once(ctx, http.MethodGet, v.endpoint.JoinPath("/.well-known/jwks.json"), nil, nil)
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	switch {
	case err != nil:
		v.silent(err)
		return
	case a.status != http.StatusOK || json.Unmarshal(a.body, &set) != nil || len(set.Keys) == 0:
		v.notService(a.status)
		return
	}
	v.answers = true
	v.ok("service", "The service answers, with %s for whoever verifies tokens.", plural(len(set.Keys), "key"))
	if strings.TrimSuffix(issuer, "/") != v.endpoint.String() {
		v.note("issuer-differs", "Tokens name another issuer than the endpoint: "+quote(issuer)+".", "Nothing, if that is meant; backends verify against the issuer. Else: shapestoken tenant set "+tenantOf(v.endpoint)+" --issuer "+quote(v.endpoint.String())+".")
	}
}

// refusal is how a service says no (docs/reference.md, section 2).
type refusal struct {
	Error   string `json:"error"`
	Message string `json:"message"`
	ID      string `json:"request_id"`
}

// refusal is zero if the answer is of another kind.
func (a answer) refusal() (r refusal) {
	if json.Unmarshal(a.body, &r) != nil {
		return refusal{}
	}
	return r
}

// words are the service's own, if it has some.
func (a answer) words() string {
	if r := a.refusal(); r.Message != "" {
		return ": " + quote(r.Message)
	}
	return ""
}
