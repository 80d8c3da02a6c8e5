package doctor

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

// holder returns the marker if it has a signature to judge.
func (v *visit) holder() *Marker {
	if m := v.marker; m != nil && m.customer() && !m.proxied() {
		return m
	}
	return nil
}

var right = regexp.MustCompile(`^[0-9a-f]{64}$`)

// signed judges the form of the signature.
func signed(_ context.Context, v *visit) {
	if m := v.holder(); m != nil && !right.MatchString(m.Signature) {
		v.fail("signature-malformed", "The signature is "+formOf(m.Signature)+".", "Sign with the filter hmac_sha256 and change nothing about what it returns: 64 characters of 0-9a-f.")
	}
}

// lengths of what other filters return in hex, and what base64 makes of a digest.
var lengths = map[int]string{
	32: "32 hexadecimal characters, as of MD5", 40: "40 hexadecimal characters, as of hmac_sha1", 128: "128 hexadecimal characters, as of SHA-512",
}

func formOf(signature string) string {
	trimmed := strings.TrimSpace(signature)
	lower := strings.ToLower(trimmed)
	hex := lower != "" && strings.Trim(lower, "0123456789abcdef") == ""
	switch {
	case trimmed == "":
		return "empty"
	case complaint.MatchString(signature):
		return "an error of Liquid's: the filter got no argument"
	case right.MatchString(trimmed):
		return "right in form but for white space around it"
	case right.MatchString(lower):
		return "in upper case"
	case hex && lengths[len(trimmed)] != "":
		return lengths[len(trimmed)]
	case !hex && len(trimmed) == 44 && strings.HasSuffix(trimmed, "="):
		return "in base64, not in hexadecimal"
	}
	return "not 64 characters of 0-9a-f"
}

// dated judges which version was signed, and its age.
func dated(_ context.Context, v *visit) {
	m := v.holder()
	switch {
	case m == nil:
	case m.Timestamp == "" && !m.dated && !m.itself:
		v.warn("timestamp-missing", "The marker has a signature but no data-timestamp: the service takes it for v1.", "Use the snippet as it is: it writes all of data-id, data-signature and data-timestamp.")
	case m.Timestamp == "" && isOmneo(m.Endpoint):
		v.ok("signature", "The signature is v1, which is all that Omneo's own service documents.")
	case m.Timestamp == "":
		v.warn("signature-v1", "The signature is v1, over the customer id alone: it never expires, and whoever has seen it once can use it.", "Take version: 'v1' out of the render line, so that shop and time are signed too; docs/signatures.md says how to get there.")
	default:
		v.age(m)
	}
}

// age compares the time that was signed with that of the page. Only the page's
// own time says something: a file may be as old as it likes.
func (v *visit) age(m *Marker) {
	c, result := hmac.ParseCustomer("1", "x.myshopify.com", m.Timestamp, strings.Repeat("0", 64)) // the time alone is asked about
	if result != hmac.Valid {
		v.fail("timestamp-malformed", "The timestamp is not Unix seconds in ten digits.", "Leave it as the snippet makes it, with 'now' | date: '%s': no milliseconds and no date.")
		return
	}
	old := v.seen.Sub(time.Unix(c.Timestamp, 0)).Round(time.Second)
	when := "when the page was sent"
	if !v.fetched() {
		when = "when the file was saved"
	}
	switch c.Age(v.seen, hmac.DefaultMaxAge, hmac.DefaultSkew) {
	case hmac.Expired:
		v.warn("timestamp-old", "The signature was "+old.String()+" old "+when+".", "Load the page anew and look again. If it stays old, something keeps pages of logged-in customers (a CDN, a service worker, an app that prefetches): leave them out. A page that stayed open signs anew by sections/shapestoken.liquid.")
	case hmac.NotYet:
		v.warn("timestamp-ahead", "The signature was made "+(-old).String()+" after the moment "+when+".", "Look at the clock of the machine that saved or served the page; the timestamp is Shopify's.")
	default:
		v.ok("signature", "The signature is v2, and was %s old %s.", max(old, 0), when)
	}
}
