package api

import (
	"bytes"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"
)

// An address is what the URL alone tells of a request. Its strings are copies
// and may be kept.
type address struct {
	host   string // lower case, without port; IPv6 in brackets
	tenant string // named by the path prefix /t/{tenant}; "" if none
}

type addressKey struct{}

// hostOf is the request's host: lower case, without port. It is "" for a
// request that was refused or could not be read.
func hostOf(ctx *fasthttp.RequestCtx) string {
	if a, ok := ctx.UserValue(addressKey{}).(*address); ok {
		return a.host
	}
	return ""
}

// pathTenantOf is the tenant that the path named, or "". It is a DNS label;
// whether there is such a tenant is not known yet.
func pathTenantOf(ctx *fasthttp.RequestCtx) string {
	if a, ok := ctx.UserValue(addressKey{}).(*address); ok {
		return a.tenant
	}
	return ""
}

// tenantOfHost finds the tenant in a host api.{tenant}.{base}, for any of the
// bases (lower case, without a dot at either end). No host names two tenants.
func tenantOfHost(host string, bases []string) (tenant string, ok bool) {
	rest, ok := strings.CutPrefix(host, "api.")
	if !ok {
		return "", false
	}
	for _, base := range bases {
		name, found := strings.CutSuffix(rest, base)
		if name, dot := strings.CutSuffix(name, "."); found && dot && isLabel(name) {
			return name, true
		}
	}
	return "", false
}

// place says what the URL alone tells: where the request is going, and the
// target (path and query) without the tenant's prefix. status is 0, or what to
// refuse with: 400 for what is malformed, 404 for a path that no route can
// have, 414 for a target that is too long. target may alias rawTarget.
func place(rawHost, rawTarget []byte) (a address, target []byte, status int) {
	name, ok := parseHost(rawHost)
	if !ok {
		return a, nil, fasthttp.StatusBadRequest
	}
	if status = checkTarget(rawTarget); status != 0 {
		return a, nil, status
	}
	tenant, target, ok := cutTenant(rawTarget)
	if !ok {
		return a, nil, fasthttp.StatusNotFound
	}
	return address{host: name, tenant: tenant}, target, 0
}

var (
	tenantPrefix = []byte("/t/")

	// insertions are the paths into which an issuer's own path is inserted
	// before it is found at the end (RFC 8414 section 3.1).
	insertions = [...][]byte{
		[]byte("/.well-known/oauth-authorization-server"),
		[]byte("/.well-known/openid-configuration"),
	}
)

// cutTenant takes the tenant's name out of a target. ok is false if something
// that is no DNS label stands in its place.
func cutTenant(target []byte) (tenant string, rest []byte, ok bool) {
	if after, found := bytes.CutPrefix(target, tenantPrefix); found {
		return cutPrefix(after)
	}
	for _, plain := range insertions {
		after, found := bytes.CutPrefix(target, plain)
		if !found {
			continue
		}
		if after, found = bytes.CutPrefix(after, tenantPrefix); found {
			label, query := splitQuery(after)
			tenant = string(label)
			return tenant, slices.Concat(plain, query), isLabel(tenant)
		}
	}
	return "", target, true
}

// cutPrefix is given what follows "/t/". The tenant alone, without a slash
// behind it, is the tenant's root.
func cutPrefix(after []byte) (tenant string, rest []byte, ok bool) {
	n := bytes.IndexAny(after, "/?")
	if n < 0 {
		n = len(after)
	}
	tenant, rest = string(after[:n]), after[n:]
	if len(rest) == 0 || rest[0] == '?' {
		rest = append([]byte{'/'}, rest...)
	}
	return tenant, rest, isLabel(tenant)
}
