package hmac

import (
	"crypto/sha256"
	"time"
)

// Keys are the one or two keys that are live: for up to an hour after an app's
// secret is replaced, Shopify still signs with the old one.
type Keys struct {
	Current  *Key
	Previous *Key // nil if there is only one
}

// Which tells which of two keys made a signature. Only the zero Which, Neither,
// is a refusal.
type Which uint8

const (
	Neither Which = iota
	Current
	Previous
)

// String returns "current" or "previous", and "neither" for anything else.
func (w Which) String() string {
	switch w {
	case Current:
		return "current"
	case Previous:
		return "previous"
	}
	return "neither"
}

// Match reports which key gives message this mac. It always asks both, so that
// how long it takes tells nothing. If both are the same key, it is the current.
func (k Keys) Match(message []byte, mac *[sha256.Size]byte) Which {
	current := k.Current.Match(message, mac)
	previous := k.Previous != nil && k.Previous.Match(message, mac)
	switch {
	case current:
		return Current
	case previous:
		return Previous
	}
	return Neither
}

// VerifyProxy returns [Valid] and which key signed q, if one did and the moment
// is within window of now; else why not. The signature comes first: [Expired]
// and [NotYet] are said of right signatures only. A query is good for all of its
// window: whoever must not see it twice remembers it that long.
func (k Keys) VerifyProxy(q *Proxy, now time.Time, window time.Duration) (Which, Result) {
	return k.verify(&q.signed, now, window)
}

// VerifyOAuth is [Keys.VerifyProxy] for the other kind of query.
func (k Keys) VerifyOAuth(q *OAuth, now time.Time, window time.Duration) (Which, Result) {
	return k.verify(&q.signed, now, window)
}

func (k Keys) verify(s *signed, now time.Time, window time.Duration) (Which, Result) {
	which := k.Match(s.Message(), s.MAC())
	if which == Neither {
		return Neither, Wrong
	}
	return which, s.Age(now, window)
}

// VerifyWebhook returns [Valid] and which key signed body, the very bytes that
// came in; else [MalformedHeader], [EmptyBody] or [Wrong]. The header is the text
// of X-Shopify-Hmac-Sha256 or of shopify-hmac-sha256: 44 characters of padded
// standard base64. It allocates nothing.
//
// It knows no time, and Shopify sends the same event more than once: the caller
// remembers the webhook's id.
func (k Keys) VerifyWebhook(body []byte, header string) (Which, Result) {
	var mac [sha256.Size]byte
	switch {
	case !parseWebhook(&mac, header):
		return Neither, MalformedHeader
	case len(body) == 0:
		return Neither, EmptyBody
	}
	which := k.Match(body, &mac)
	if which == Neither {
		return Neither, Wrong
	}
	return which, Valid
}
