package doctor

import (
	"context"
	"errors"
	"net/url"
	"strings"
)

const tokenPath = "/shopify/api/v1/auth/token"

// endpointOf reads the address of the service as the script does.
func endpointOf(_ context.Context, v *visit) {
	m := v.marker
	switch {
	case m == nil || m.proxied(): // then the script asks nobody but the shop
		return
	case m.Endpoint == "":
		v.fail("endpoint-missing", "The marker names no service to ask.", "Give the render line an endpoint with https://, or a tenant: "+render+".")
		return
	}
	u, err := parseEndpoint(m.Endpoint)
	switch {
	case err != nil:
		v.fail("endpoint-malformed", "The endpoint "+err.Error()+".", "Give the render line the address as whoever runs the service told it, such as https://id.example.com/t/acme.")
	case v.mixed(u):
		v.fail("mixed-content", "The page is https, and the endpoint is http: browsers ask no such address.", "Give the render line an endpoint with https://.")
	default:
		v.endpoint = u
	}
}

// parseEndpoint takes slashes at the end away. Its errors do not quote text,
// which may have a password in it.
func parseEndpoint(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	switch {
	case strings.TrimSpace(text) != text:
		return nil, errors.New("has white space around it")
	case err != nil:
		return nil, errors.New("is no address")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("does not begin with https://")
	case u.Hostname() == "":
		return nil, errors.New("has no host")
	case u.User != nil:
		return nil, errors.New("has a user name or password in it, which everybody can read")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("has a query or fragment, and the script puts a path behind it")
	case strings.Contains(u.Path, "/shopify") || strings.Contains(u.Path, "/.well-known") || strings.Contains(u.Path, "/sdk/"):
		return nil, errors.New("ends with the path of a route, which the script adds by itself")
	}
	return u, nil
}

// mixed tells whether a browser would refuse the page this address for want of
// TLS (Mixed Content section 4). Storefronts are https unless it is known better.
func (v *visit) mixed(u *url.URL) bool {
	secure := v.address == nil || v.address.Scheme == "https"
	return secure && u.Scheme == "http" && !loopback(u.Hostname())
}

// tenantOf is the tenant's name as a command takes it.
func tenantOf(endpoint *url.URL) string {
	if _, name, found := strings.Cut(endpoint.Path, "/t/"); found {
		return quote(name)
	}
	if name, found := strings.CutPrefix(endpoint.Hostname(), "api."); found {
		name, _, _ = strings.Cut(name, ".")
		return quote(name)
	}
	return "TENANT"
}

// isOmneo tells Omneo's own service: it documents v1 and the exchange, no keys
// and no script.
func isOmneo(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && strings.HasPrefix(u.Hostname(), "api.") && strings.HasSuffix(u.Hostname(), ".getomneo.com")
}
