package demo

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

// proxies is the folder in which a shop mounts app proxies, each by the name
// that the app chose.
const proxies = "/apps/"

// usualApp is the proxy that the script asks by itself.
const usualApp = "shapestoken"

// mostAnswer is how much of a service's answer is passed on, in bytes.
const mostAnswer = 1 << 16

// A mount is where Shopify sends a request for an app proxy on to.
type mount struct {
	service string
	late    time.Duration
}

// mounts are the shop's app proxies. One would do; the others are for faults
// and trials.
func (c Config) mounts() map[string]mount {
	return map[string]mount{
		usualApp:                {service: c.Endpoint},
		"shapestoken-elsewhere": {service: c.Elsewhere},
		"shapestoken-brief":     {service: c.Brief},
		"shapestoken-down":      {service: c.Nowhere},
		"shapestoken-slow":      {service: c.Endpoint, late: lateness},
	}
}

// proxy does what Shopify does for an app proxy
// (shopify.dev/docs/apps/build/online-store/app-proxies): it says who is logged
// in, signs that with the app's client secret, and passes the request on
// without its cookies. The page has no part in it, and no secret.
func (s *site) proxy(w http.ResponseWriter, r *http.Request) {
	to, mounted := s.config.mounts()[r.PathValue("app")]
	if !mounted {
		noPage(w, http.StatusNotFound)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), to.late+patience)
	defer cancel()
	wait(ctx, to.late)
	target, err := s.target(ctx, r, to.service)
	if err != nil {
		s.config.Log.Error("demo: the app proxy cannot sign", "error", err)
		noPage(w, http.StatusInternalServerError)
		return
	}
	forward(target).ServeHTTP(w, r.WithContext(ctx))
}

// target is where a request for a token goes on to. It is not to be logged, nor
// an error of what is sent there.
func (s *site) target(ctx context.Context, r *http.Request, service string) (*url.URL, error) {
	to, err := url.Parse(service + "/shopify/proxy/token")
	if err != nil {
		return nil, err
	}
	to.RawQuery, err = s.vouch(ctx, r)
	return to, err
}

// vouch is the query that Shopify adds, signed.
func (s *site) vouch(ctx context.Context, r *http.Request) (string, error) {
	text, err := s.config.ClientSecret(ctx)
	if err != nil {
		return "", err
	}
	key, err := hmac.NewKey([]byte(text.Reveal()))
	if err != nil {
		return "", err
	}
	customer := ""
	if id := customerIn(r); id != 0 {
		customer = strconv.FormatInt(id, 10)
	}
	query := url.Values{
		"shop":                  {s.config.Shop},
		"logged_in_customer_id": {customer},
		"path_prefix":           {proxies + r.PathValue("app")},
		"timestamp":             {strconv.FormatInt(s.config.Now().Unix(), 10)},
	}.Encode()
	signature, result := key.SignProxy(query)
	if result != hmac.Valid {
		return "", errors.New("the query is not well-formed")
	}
	return query + "&signature=" + signature, nil
}

// forward passes a request on to this address, and of the answer at most what
// a token needs. No cookie goes either way.
func forward(to *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL, r.Out.Host = to, to.Host
			r.Out.Header.Del("Cookie")
		},
		ModifyResponse: func(answer *http.Response) error {
			answer.Header.Del("Set-Cookie")
			answer.Body = struct {
				io.Reader
				io.Closer
			}{io.LimitReader(answer.Body, mostAnswer), answer.Body}
			return nil
		},
		// It would be told with the address, signature included.
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { noPage(w, http.StatusBadGateway) },
	}
}

// noPage answers with a page, as a shop does where it has nothing, or where an
// app does not answer.
func noPage(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<!doctype html><title>Pebblewick</title><p>"+http.StatusText(status)+"\n") // who went away needs no answer
}
