package doctor

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"
)

// load gets the page, and tells whether there is one to look at.
func (v *visit) load(ctx context.Context) bool {
	if v.fetched() {
		return v.fetch(ctx)
	}
	v.page = Parse(v.Saved.Body)
	v.marker = v.page.marker()
	v.seen = v.Saved.Time
	if v.address = v.URL; v.address == nil {
		v.address = v.resolve(v.page.address)
	}
	if v.address == nil {
		v.note("origin-unknown", "The saved page does not say where it was.", "Name its address as well, to have the checks that depend on it: shapestoken doctor https://shop.example.com/ --html FILE.")
	}
	return true
}

// door is where a closed shop leads its guests, with or without a language.
var door = regexp.MustCompile(`^(/[a-z]{2}(-[A-Za-z]{2})?)?/password/?$`)

func (v *visit) fetch(ctx context.Context) bool {
	a, err := v.ask.get(ctx, v.URL, http.Header{"Accept": {"text/html"}})
	if err != nil {
		v.fail("page-unreachable", "The page cannot be fetched: "+reason(err)+".", "Check the address, and whether it opens in a private window of a browser.")
		return false
	}
	v.address, v.header, v.seen = a.url, a.header, sentAt(a.header, v.Now())
	switch {
	case door.MatchString(a.url.Path):
		v.fail("page-password", "The shop is closed: it leads guests to its password page.", "Open the shop, or enter the password in a browser, save the page's source there, and give the file: shapestoken doctor --html FILE.")
		return false
	case a.status != http.StatusOK:
		v.fail("page-status", fmt.Sprintf("The page answers with status %d in place of 200%s.", a.status, v.landed()), "Check the address. A shop that turns programs away (403, 429, 430) shows its page to a browser: save its source there, and give the file with --html.")
		return false
	case !isHTML(a.header):
		v.fail("page-not-html", "There is no HTML page at this address"+v.landed()+".", "Name a page of the storefront, such as its home page.")
		return false
	case a.cut:
		v.warn("page-cut", "The page is larger than 5 MiB; only its beginning was read.", "Try another page of the same theme.")
	}
	v.page = Parse(a.body)
	v.marker = v.page.marker()
	v.ok("page", "Fetched as a guest%s.", v.landed())
	return true
}

// landed tells where redirects led; empty if there were none.
func (v *visit) landed() string {
	if v.address.String() == v.URL.String() || v.URL.Path == "" && v.address.String() == v.URL.String()+"/" {
		return ""
	}
	return ", at " + show(v.address)
}

// show leaves the query out: it may hold what is not ours to repeat.
func show(u *url.URL) string {
	return quote((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String())
}

// isHTML believes a server that names no type.
func isHTML(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err != nil || kind == "text/html" || kind == "application/xhtml+xml"
}

// sentAt is the moment of an answer by its server's own clock: when it was made,
// and how long a cache has kept it since (RFC 9111 section 4.2.3).
func sentAt(h http.Header, now time.Time) time.Time {
	made, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return now
	}
	kept, err := strconv.ParseUint(h.Get("Age"), 10, 31)
	if err != nil {
		kept = 0
	}
	return made.Add(time.Duration(kept) * time.Second)
}
