package demo_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/hmac"
)

// signed is how the snippet's script finds the proof in the section's text.
var signed = regexp.MustCompile(`data-shapestoken="[^>]*?id="(\d+)" data-signature="(\w+)" data-timestamp="(\d+)`)

// resigned is what the section says to a page, as a marker.
func resigned(h http.Handler, page, customer string) (status int, m map[string]string) {
	w := get(h, "/?section_id=shapestoken", customer, "Referer", origin+page)
	found := signed.FindStringSubmatch(html.UnescapeString(w.Body.String()))
	if found == nil {
		return w.Code, nil
	}
	return w.Code, map[string]string{"shop": shop, "id": found[1], "signature": found[2], "timestamp": found[3]}
}

func TestSection(t *testing.T) {
	h := site(t, config(t))
	for page, secret := range map[string]string{
		"/":                                  idSecret,
		"/?metafield=bare":                   idSecret,
		"/?version=v1":                       idSecret, // such a page does not ask; a section without parameters signs v2
		"/?try=old-page":                     idSecret,
		"/?try=slow-network":                 idSecret,
		"/?break=service-down":               idSecret,
		"/?try=refresh":                      briefSecret,
		"/?break=foreign-origin":             elsewhereSecret,
		"/?try=storage-blocked&debug=on#all": idSecret,
	} {
		for _, customer := range []string{first, second} {
			status, m := resigned(h, page, customer)
			result, version := verify(t, m, secret)
			if status != http.StatusOK || m["id"] != customer || result != hmac.Valid || version != hmac.V2 {
				t.Errorf("for %s as %s: status %d, id %s, %s", page, customer, status, m["id"], result)
			}
		}
	}
}

func TestSectionOfABrokenPage(t *testing.T) {
	h := site(t, config(t))
	if status, m := resigned(h, "/?break=old-timestamp", first); status != http.StatusNotFound || m != nil {
		t.Errorf("a theme without the section: status %d, %v", status, m)
	}
	for page, want := range map[string]hmac.Result{"/?break=wrong-secret": hmac.Wrong, "/?break=missing-metafield": hmac.EmptyKey} {
		_, m := resigned(h, page, first)
		if result, _ := verify(t, m, idSecret); result != want {
			t.Errorf("for %s: %s", page, result)
		}
	}
}

func TestSectionForAGuest(t *testing.T) {
	w := get(site(t, config(t)), "/?section_id=shapestoken", "", "Referer", origin+"/?try=old-page")
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, `data-state="guest"`) || strings.Contains(body, "signature") {
		t.Errorf("status %d: %s", w.Code, body)
	}
}

// TestSectionIsAlone: no page around it, no script, as Shopify wraps it.
func TestSectionIsAlone(t *testing.T) {
	h := site(t, config(t))
	for _, referer := range []string{"", "://", "http://[", origin + "/?break=unheard-of"} {
		w := get(h, "/?section_id=shapestoken", first, "Referer", referer)
		body := strings.TrimSpace(w.Body.String())
		if w.Code != http.StatusOK || strings.Count(body, "<script") != 1 ||
			!strings.HasPrefix(body, `<div id="shopify-section-shapestoken" class="shopify-section"><script`) || !strings.HasSuffix(body, "></script></div>") {
			t.Errorf("with referer %q: status %d: %s", referer, w.Code, body)
		}
	}
}
