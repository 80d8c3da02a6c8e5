package api

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// FuzzHost: whatever is accepted is accepted again as it was understood, with
// or without a port, and net/http makes a URL of it that has the same host.
func FuzzHost(f *testing.F) {
	for _, seed := range []string{"a", "Good.Example:80", "127.0.0.1", "[::1]:8080", "a:80@evil", "a..b", "[::1%25x]", "1.2", ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		host, ok := parseHost(raw)
		if !ok {
			return
		}
		if again, ok := parseHost([]byte(host)); !ok || again != host {
			t.Fatalf("%q became %q, which became %q, %v", raw, host, again, ok)
		}
		if !bytes.EqualFold(raw[:len(host)], []byte(host)) || len(raw) > len(host) && raw[len(host)] != ':' {
			t.Fatalf("%q became %q", raw, host)
		}
		r, err := http.NewRequest(http.MethodGet, "http://"+string(raw)+"/", nil)
		if err != nil || r.URL.User != nil || strings.Trim(strings.ToLower(r.URL.Hostname()), "[]") != strings.Trim(host, "[]") {
			t.Fatalf("%q became %q, and net/http says %v, %v", raw, host, r, err)
		}
	})
}

// FuzzPlace: a tenant is always a label, and what is left of the target is the
// end of what came, and itself a good target.
func FuzzPlace(f *testing.F) {
	for _, seed := range []string{
		"/", "/t/acme", "/t/acme/ok?x=1", "/t/acme?x", "/t//ok", "/.well-known/openid-configuration/t/acme?x",
		"/.well-known/oauth-authorization-server/t/a/b", "/%2e%2e/", "//a", "http://a/", "*", "/a/../b", "/t/a/t/b",
	} {
		f.Add([]byte("Good.Example:80"), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, host, target []byte) {
		before := bytes.Clone(target)
		a, rest, status := place(host, target)
		switch {
		case !bytes.Equal(before, target):
			t.Fatalf("%q was changed to %q", before, target)
		case status != 0:
			return
		case a.host == "" || a.tenant != "" && !isLabel(a.tenant):
			t.Fatalf("%q %q: host %q, tenant %q", host, target, a.host, a.tenant)
		case checkTarget(rest) != 0:
			t.Fatalf("%q: %q is left", target, rest)
		case a.tenant == "" && !bytes.Equal(rest, target):
			t.Fatalf("%q: %q is left, and no tenant", target, rest)
		case a.tenant != "" && len(rest) >= len(target):
			t.Fatalf("%q: %q is left", target, rest)
		}
	})
}

// FuzzArrive: a head that passes the edge means the same to net/http, which
// stands for any other parser in front of this one.
func FuzzArrive(f *testing.F) {
	for _, m := range [][]malformed{badFraming(), badHosts(), badTargets(), badMethods(), badVersions(), badHeads(), badExpectations()} {
		for _, row := range m {
			f.Add([]byte(row.raw))
		}
	}
	f.Add([]byte("POST /t/acme/ok?x=1 HTTP/1.1\r\nHost: A.Example:80\r\nContent-Length: 5\r\nCookie: a=b\r\n\r\n12345"))
	f.Add([]byte("POST /ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"))
	f.Add([]byte("GET / HTTP/1.0\r\nHost: [::1]\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var h fasthttp.RequestHeader
		if h.Read(bufio.NewReader(bytes.NewReader(raw))) != nil {
			return
		}
		a, status := arrive(&h)
		if status != 0 {
			return
		}
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(bytes.TrimLeft(raw, "\r\n"))))
		switch {
		case err != nil:
			t.Fatalf("net/http refuses: %v\n%q", err, raw)
		case r.Method != string(h.Method()) || r.RequestURI != string(h.RequestURI()):
			t.Fatalf("%s %s, and to net/http %s %s", h.Method(), h.RequestURI(), r.Method, r.RequestURI)
		case !strings.EqualFold(strings.TrimSuffix(r.Host[:len(a.address.host)], ":"), a.address.host):
			t.Fatalf("host %q, and to net/http %q", a.address.host, r.Host)
		case a.chunked != (r.TransferEncoding != nil):
			t.Fatalf("chunked %v, and to net/http %v", a.chunked, r.TransferEncoding)
		case !a.chunked && r.ContentLength != int64(max(h.ContentLength(), 0)):
			t.Fatalf("length %d, and to net/http %d", h.ContentLength(), r.ContentLength)
		case a.closing && !r.Close:
			t.Fatal("closed, and to net/http not")
		}
	})
}
