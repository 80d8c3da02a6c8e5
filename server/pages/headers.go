package pages

// Headers are what every page is sent with; for targets see [Policy].
//
// The referrer policy is same-origin because under no-referrer browsers send
// "Origin: null" with a form (Fetch, "append a request Origin header"), and a
// server cannot tell its own form from a stranger's by that. Other origins learn
// nothing either way. A redirect from here to a client should still say
// no-referrer: WebKit goes by the policy of the redirect.
//
// Under Cross-Origin-Opener-Policy a window that opened the page loses it: a
// client cannot sign people in by a popup that it talks to.
func Headers(targets ...string) map[string]string {
	return map[string]string{
		"Content-Type":                 "text/html; charset=utf-8",
		"Content-Security-Policy":      Policy(targets...),
		"Cache-Control":                "no-store",
		"Referrer-Policy":              "same-origin",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY", // for browsers that do not know frame-ancestors
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
	}
}

// Formless are the headers of a page that sends nothing: no form of it goes
// anywhere, and nobody learns where a link of it was followed.
func Formless() map[string]string {
	h := Headers()
	h["Content-Security-Policy"], h["Referrer-Policy"] = policy+"'none'", "no-referrer"
	return h
}
