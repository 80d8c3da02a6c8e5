package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestShapeOf(t *testing.T) {
	got := map[string]string{}
	want := map[string]string{
		"": "empty", "gid://shopify/Customer/7": "a gid://", "customer@example.com": "an e-mail address",
		"7,210,381": "a number with separators in it", "7 210 381": "a number with separators in it", "72,10,381": "a number with separators in it", "7\u202f210": "a number with separators in it",
		" 7210381": "a number with white space around it", "7.210381803720e+12": "a number that went through a float", "7210381803720.0": "a number that went through a float",
		"Liquid error: x": "an error of Liquid's", "0072": "not a number of 1 to 19 digits", "alice": "not a number of 1 to 19 digits", "99999999999999999999": "not a number of 1 to 19 digits",
	}
	for id := range want {
		got[id] = shapeOf(id)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFormOf(t *testing.T) {
	hex := strings.Repeat("0123456789abcdef", 8)
	got := map[string]string{}
	want := map[string]string{
		"": "empty", " \n": "empty", "Liquid error: wrong number of arguments": "an error of Liquid's: the filter got no argument",
		" " + hex[:64]: "right in form but for white space around it", strings.ToUpper(hex[:64]): "in upper case",
		hex[:32]: "32 hexadecimal characters, as of MD5", hex[:40]: "40 hexadecimal characters, as of hmac_sha1", hex: "128 hexadecimal characters, as of SHA-512",
		"jg5l1c//EkKk9mxPg6TCgMKlf6WW7KOKLJuys0e8cdc=": "in base64, not in hexadecimal",
		hex[:63]:       "not 64 characters of 0-9a-f",
		hex[:63] + "g": "not 64 characters of 0-9a-f",
	}
	for signature := range want {
		got[signature] = formOf(signature)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseEndpoint(t *testing.T) {
	for text, want := range map[string]string{
		"https://id.example.com/t/acme":           "https://id.example.com/t/acme acme",
		"https://id.example.com/t/acme//":         "https://id.example.com/t/acme acme",
		"https://api.acme.id.example.com":         "https://api.acme.id.example.com acme",
		"http://127.0.0.1:8080/t/demo":            "http://127.0.0.1:8080/t/demo demo",
		"https://id.example.com":                  "https://id.example.com TENANT",
		"id.example.com/t/acme":                   "does not begin with https://",
		"//id.example.com/t/acme":                 "does not begin with https://",
		"ftp://id.example.com":                    "does not begin with https://",
		"acme":                                    "does not begin with https://",
		"https:///t/acme":                         "has no host",
		"https://name:secret@id.example.com":      "has a user name or password in it, which everybody can read",
		"https://id.example.com/t/acme?x=1":       "has a query or fragment, and the script puts a path behind it",
		"https://id.example.com/t/acme?":          "has a query or fragment, and the script puts a path behind it",
		"https://id.example.com/t/acme#x":         "has a query or fragment, and the script puts a path behind it",
		"https://id.example.com/t/acme/shopify":   "ends with the path of a route, which the script adds by itself",
		"https://id.example.com/sdk/0/x.js":       "ends with the path of a route, which the script adds by itself",
		"https://id.example.com/.well-known/x":    "ends with the path of a route, which the script adds by itself",
		" https://id.example.com/t/acme":          "has white space around it",
		"https://id example.com":                  "is no address",
		"{{ settings.endpoint }}":                 "does not begin with https://",
		"https://id.example.com/t/acme%zz":        "is no address",
		"https://api.acme.getomneo.com/":          "https://api.acme.getomneo.com acme",
		"https://api.acme.getomneo.com.evil.test": "https://api.acme.getomneo.com.evil.test acme",
	} {
		u, err := parseEndpoint(text)
		got := fmt.Sprint(err)
		if err == nil {
			got = u.String() + " " + tenantOf(u)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for endpoint, want := range map[string]bool{"https://api.acme.getomneo.com": true, "https://api.acme.getomneo.com.evil.test": false, "https://id.example.com/api.x.getomneo.com": false, "": false} {
		if isOmneo(endpoint) != want {
			t.Errorf("isOmneo(%q) is %v", endpoint, !want)
		}
	}
}

func TestIntact(t *testing.T) {
	body := []byte("window.shapestoken ??= {}\n")
	const right, wrong = "sha384-@", "sha384-AAAA"
	sums := checksums(body)
	for integrity, want := range map[string]bool{
		sums["sha256"]:                        true,
		sums["sha384"]:                        true,
		sums["sha512"]:                        true,
		sums["sha384"] + "?opt":               true,
		wrong + " " + sums["sha384"]:          true,
		wrong:                                 false,
		wrong + " " + sums["sha256"]:          false, // the stronger one counts
		"sha512-AAAA " + sums["sha384"]:       false,
		"":                                    true,
		"md5-abc":                             true,
		strings.ToUpper(sums["sha384"]):       true, // of a kind that nobody knows
		strings.Replace(right, "@", "AA", -1): false,
	} {
		if got := intact(integrity, body); got != want {
			t.Errorf("%q: %v", integrity, got)
		}
	}
}

func TestReason(t *testing.T) {
	for _, row := range []struct {
		err      error
		says     string
		aboutTLS bool
	}{
		{&url.Error{Op: "Get", URL: "x", Err: context.DeadlineExceeded}, "no answer within 10 seconds", false},
		{&url.Error{Op: "Get", URL: "x", Err: &net.DNSError{Name: "nobody.example.com"}}, "there is no such name as nobody.example.com", false},
		{&url.Error{Op: "Get", URL: "x", Err: syscall.ECONNREFUSED}, "nothing listens there", false},
		{&url.Error{Op: "Get", URL: "x", Err: errors.New("EOF")}, "EOF", false},
		{&url.Error{Op: "Get", URL: "x", Err: http.ErrSchemeMismatch}, http.ErrSchemeMismatch.Error(), true},
		{&url.Error{Op: "Get", URL: "x", Err: &tls.CertificateVerificationError{Err: errors.New("expired")}}, "tls: failed to verify certificate: expired", true},
		{&url.Error{Op: "Get", URL: "x", Err: tls.RecordHeaderError{Msg: "not TLS"}}, "tls: not TLS", true},
		{&url.Error{Op: "Get", URL: "x", Err: tls.AlertError(40)}, "tls: handshake failure", true},
		{errors.New("unexpected EOF"), "unexpected EOF", false},
	} {
		if got, about := reason(row.err), aboutTLS(row.err); got != row.says || about != row.aboutTLS {
			t.Errorf("%v: %q, TLS %v", row.err, got, about)
		}
	}
}

// silent never answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// Nobody is waited for longer than ten seconds.
func TestPatience(t *testing.T) {
	for code, c := range map[string]Config{
		"page-unreachable":     {URL: &url.URL{Scheme: "https", Host: "shop.example.com"}},
		"endpoint-unreachable": {Saved: &Saved{Body: []byte(`<script data-shapestoken data-endpoint="https://id.example.com"></script>`)}},
	} {
		synctest.Test(t, func(t *testing.T) {
			c.Transport, c.Now = silent{}, time.Now
			before := time.Now()
			report := Run(t.Context(), c)
			last := report.Findings[len(report.Findings)-1]
			if last.Code != code || !strings.Contains(last.Seen, "no answer within 10 seconds") || time.Since(before) != 10*time.Second {
				t.Errorf("after %s: %+v", time.Since(before), last)
			}
		})
	}
}

func TestSentAt(t *testing.T) {
	date := signedAt.UTC().Format(http.TimeFormat)
	for _, row := range []struct {
		date, age string
		want      time.Time
	}{
		{date, "", signedAt},
		{date, "3600", signedAt.Add(time.Hour)},
		{date, "-3600", signedAt},
		{date, "99999999999999999999", signedAt},
		{"", "3600", now()},
		{"yesterday", "", now()},
	} {
		if got := sentAt(http.Header{"Date": {row.date}, "Age": {row.age}}, now()); !got.Equal(row.want) {
			t.Errorf("%q, %q: %s, want %s", row.date, row.age, got, row.want)
		}
	}
}

func TestDoor(t *testing.T) {
	for path, want := range map[string]bool{"/password": true, "/password/": true, "/de/password": true, "/en-GB/password": true, "/products/password": false, "/": false, "/password/x": false} {
		if door.MatchString(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
}

func TestMixed(t *testing.T) {
	for _, row := range []struct {
		page, to string
		want     bool
	}{
		{"https://shop.example.com/", "http://id.example.com", true},
		{"https://shop.example.com/", "https://id.example.com", false},
		{"https://shop.example.com/", "http://127.0.0.1:8080", false},
		{"https://shop.example.com/", "http://[::1]:8080", false},
		{"https://shop.example.com/", "http://localhost:8080", false},
		{"https://shop.example.com/", "http://shop.localhost:8080", false},
		{"https://shop.example.com/", "http://10.0.0.1", true},
		{"http://127.0.0.1:9292/", "http://id.example.com", false},
		{"", "http://id.example.com", true},
	} {
		v := &visit{}
		if row.page != "" {
			v.address = parsed(t, row.page)
		}
		if got := v.mixed(parsed(t, row.to)); got != row.want {
			t.Errorf("%s on %q: %v", row.to, row.page, got)
		}
	}
}

// What others write is shown short, in one piece, and without what opens a door.
func TestQuote(t *testing.T) {
	jwt := tokenFor("1", 900)
	for text, want := range map[string]string{
		"there is no such tenant": "there is no such tenant",
		"the signature 362285d31a40c7807d5628ebbce120146f3e6adf3cbae3b6c34080abec5157c7 is old":  "the signature … is old",
		"the signature \x1b[0m 362285D31A40C7807D5628EBBCE120146F3E6ADF3CBAE3B6C34080ABEC5157C7": "the signature  [0m …",
		"token " + jwt:               "token …",
		strings.Repeat("wörd ", 100): strings.Repeat("wörd ", 66) + "wör…",
		"two\nlines\u202eback":       "two lines back",
	} {
		if diff := cmp.Diff(want, clean(quote(text))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestString(t *testing.T) {
	r := Report{HTML: "saved.html", Findings: []Finding{{"short", OK, strings.Repeat("word ", 20), ""}, {"not-so-short", Error, "Seen.", "Mend it."}}}
	want := `saved.html, a saved page

ok       short         word word word word word word word word word word word word word word word
                       word word word word word
error    not-so-short  Seen.
                       Do: Mend it.

Not healthy: 1 error.`
	if diff := cmp.Diff(want, r.String()); diff != "" {
		t.Error(diff)
	}
}
