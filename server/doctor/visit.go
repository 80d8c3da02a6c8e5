package doctor

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// A visit is a page, what is known of it, and what was found so far.
type visit struct {
	Config
	ask *client

	page    Page
	marker  *Marker     // nil: there is nothing for the script to read
	address *url.URL    // where the page is in the end; nil if a saved page does not say
	header  http.Header // of the answer; nil for a saved page
	seen    time.Time   // when the page was sent, or saved

	endpoint *url.URL // nil: there is none that can be asked
	answers  bool     // it is a service
	renews   bool     // the app proxy does, so no section is needed

	findings []Finding
}

func (v *visit) ok(code, seen string, args ...any) {
	v.add(Finding{code, OK, fmt.Sprintf(seen, args...), ""})
}
func (v *visit) note(code, seen, fix string) { v.add(Finding{code, Note, seen, fix}) }
func (v *visit) warn(code, seen, fix string) { v.add(Finding{code, Warning, seen, fix}) }
func (v *visit) fail(code, seen, fix string) { v.add(Finding{code, Error, seen, fix}) }

func (v *visit) add(f Finding) {
	f.Seen, f.Fix = clean(f.Seen), clean(f.Fix)
	v.findings = append(v.findings, f)
}

func (v *visit) report() Report {
	r := Report{Findings: v.findings}
	if v.URL != nil {
		r.URL = v.URL.String()
	}
	if v.Saved != nil {
		r.HTML = v.Saved.Name
	}
	r.OK = r.Count(Error) == 0
	return r
}

// fetched tells a page that a guest was given from one that somebody saved.
func (v *visit) fetched() bool { return v.Saved == nil }

// origin is the page's, as location.origin says it; empty if nobody knows.
func (v *visit) origin() string {
	if v.address == nil {
		return ""
	}
	return originOf(v.address)
}

// from says whose page asks, if anybody knows.
func (v *visit) from() http.Header {
	h := http.Header{}
	if o := v.origin(); o != "" {
		h.Set("Origin", o)
	}
	return h
}

func originOf(u *url.URL) string { return u.Scheme + "://" + u.Host }

// resolve reads an address in the page. It returns nil for what is none, or
// lacks a part that only the page's own address has.
func (v *visit) resolve(text string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return nil
	}
	base := v.address
	if base == nil {
		base = &url.URL{Scheme: "https"} // as every storefront
	}
	if u = base.ResolveReference(u); u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil
	}
	return u
}

// mostText is how much of a foreign text is repeated, in bytes.
const mostText = 400

var (
	long  = regexp.MustCompile(`eyJ[\w-]+(\.[\w-]+)+|[\w-]{40,}`)
	coded = regexp.MustCompile(`(?i)[0-9a-f]{32,}`)
)

// quote makes what somebody else wrote fit to be shown: short, and without
// anything that might be a token, a secret or a signature.
func quote(text string) string {
	text = coded.ReplaceAllString(long.ReplaceAllString(text, "…"), "…")
	if len(text) > mostText {
		text = strings.ToValidUTF8(text[:mostText], "") + "…"
	}
	return text
}

// clean takes out what would steer a terminal.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}
