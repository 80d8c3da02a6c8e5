package api

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
	"github.com/rs/cors"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// sharing says which pages may read a route's answers.
type sharing uint8

const (
	listedPages   sharing = iota // those whose origin is on the tenant's list
	clientPages                  // those, and those where a client without a secret runs
	listedBearers                // those, which send an Authorization header and more methods
	anyPage                      // all: what stands there is public
	anyBearer                    // all that bring a token: Shopify's extensions, whose origin is often "null"
	noPage                       // none: it is Shopify that asks, and the shop's own origin that it answers
)

// listed tells whether only pages on the tenant's list may ask at all.
func (s sharing) listed() bool { return s == listedPages || s == listedBearers || s == clientPages }

func (s sharing) allows(t *broker.Tenant, origin string) bool {
	return t.AllowsOrigin(origin) || s == clientPages && t.Pages[origin]
}

// cross is CORS for every tenant: rs/cors decides, and one instance serves all,
// because it asks for the tenant's list at each request.
type cross struct {
	listed  *cors.Cors
	bearers *cors.Cors
	public  *cors.Cors
	bearer  *cors.Cors
	calls   sync.Pool
}

const preflightSeconds = 7200 // two hours: the most that Chromium keeps a preflight

func newCross() *cross {
	listed := cors.Options{
		AllowOriginVaryRequestFunc: onTheList,
		AllowedMethods:             []string{http.MethodPost},
		AllowedHeaders:             []string{"Content-Type"},
		ExposedHeaders:             []string{"Retry-After", requestIDHeader},
		MaxAge:                     preflightSeconds,
	}
	public := cors.Options{
		AllowedOrigins: []string{"*"},
		AllowedMethods: []string{http.MethodGet, http.MethodHead},
		MaxAge:         preflightSeconds,
	}
	bearer := cors.Options{
		AllowedOrigins: []string{"*"},
		AllowedMethods: []string{http.MethodPost},
		AllowedHeaders: []string{"Authorization", "Content-Type"},
		ExposedHeaders: []string{"Retry-After", requestIDHeader},
		MaxAge:         preflightSeconds,
	}
	bearers := listed
	bearers.AllowedMethods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}
	bearers.AllowedHeaders = []string{"Authorization", "Content-Type"}
	bearers.ExposedHeaders = []string{"Retry-After", "WWW-Authenticate", requestIDHeader}
	return &cross{listed: cors.New(listed), bearers: cors.New(bearers), public: cors.New(public), bearer: cors.New(bearer), calls: sync.Pool{New: newCall}}
}

// onTheList never says yes to "null": no tenant can have it on its list.
func onTheList(r *http.Request, origin string) (bool, []string) {
	s := r.Context().(*scope)
	return s.share.allows(s.tenant, origin), nil
}

// apply writes the CORS headers and tells whether c was a preflight, which is
// then answered. A page that is not listed is refused here, before any work.
func (x *cross) apply(c *fiber.Ctx, t *broker.Tenant, r route) (preflight bool, err error) {
	if r.share == noPage {
		return false, nil
	}
	in, out := c.Context(), &c.Context().Response.Header
	origin := in.Request.Header.Peek(fiber.HeaderOrigin)
	if len(origin) == 0 && !in.IsOptions() {
		if r.share.listed() {
			out.Set(fiber.HeaderVary, fiber.HeaderOrigin)
		}
		return false, nil
	}
	k := x.calls.Get().(*call)
	defer x.calls.Put(k)
	k.load(in, t, r.share)
	x.rules(r.share).HandlerFunc(k, k.request)
	k.store(out)
	if page := out.Peek(fiber.HeaderAccessControlAllowOrigin); len(page) > 0 {
		out.SetBytesV("Timing-Allow-Origin", page) // whoever may read the answer may know how long it took
	}
	return x.decide(c, t, r, string(origin))
}

func (x *cross) rules(share sharing) *cors.Cors {
	switch share {
	case anyPage:
		return x.public
	case anyBearer:
		return x.bearer
	case listedBearers, clientPages:
		return x.bearers
	}
	return x.listed
}

func (x *cross) decide(c *fiber.Ctx, t *broker.Tenant, r route, origin string) (preflight bool, err error) {
	preflight = c.Method() == fiber.MethodOptions && len(c.Context().Request.Header.Peek(fiber.HeaderAccessControlRequestMethod)) > 0
	if r.share.listed() && origin != "" && !r.share.allows(t, origin) {
		traceOf(c.Context()).refusedOrigin(origin)
		err = errOrigin
	}
	if preflight {
		c.Status(fiber.StatusNoContent) // without the headers a browser goes no further
		return true, nil
	}
	return false, err
}

// call is the bridge to rs/cors: an http.Request and ResponseWriter that carry
// the CORS headers and nothing else. (A full conversion would cost more than
// all the rest of the edge, and rewrites headers.)
type call struct {
	request *http.Request
	scope   *scope
	header  http.Header
	values  [len(corsHeaders)][1]string
}

// scope is how a pooled request carries this time's tenant.
type scope struct {
	context.Context
	tenant *broker.Tenant
	share  sharing
}

var corsHeaders = [...]string{
	fiber.HeaderOrigin, fiber.HeaderAccessControlRequestMethod, fiber.HeaderAccessControlRequestHeaders,
}

func newCall() any {
	s := &scope{Context: context.Background()}
	r := (&http.Request{Header: http.Header{}}).WithContext(s)
	return &call{request: r, scope: s, header: http.Header{}}
}

func (k *call) load(in *fasthttp.RequestCtx, t *broker.Tenant, share sharing) {
	k.scope.tenant, k.scope.share = t, share
	k.request.Method = string(in.Method())
	clear(k.request.Header)
	clear(k.header)
	for i, name := range corsHeaders {
		if v := in.Request.Header.Peek(name); len(v) > 0 {
			k.values[i][0] = string(v)
			k.request.Header[name] = k.values[i][:]
		}
	}
	if excessive(k.request.Header.Get(fiber.HeaderAccessControlRequestHeaders)) {
		delete(k.request.Header, fiber.HeaderOrigin)
	}
}

// excessive spares rs/cors a list of headers that no page of ours asks for: such
// a preflight is answered without CORS headers.
func excessive(requested string) bool {
	return len(requested) > 128 || strings.Count(requested, ",") > 8
}

func (k *call) store(out *fasthttp.ResponseHeader) {
	for name, values := range k.header {
		out.Set(name, strings.Join(values, ", "))
	}
}

// Header implements http.ResponseWriter.
func (k *call) Header() http.Header { return k.header }

// WriteHeader implements http.ResponseWriter; decide sets the status.
func (k *call) WriteHeader(int) {}

// Write implements http.ResponseWriter; rs/cors writes no body.
func (k *call) Write(b []byte) (int, error) { return len(b), nil }
