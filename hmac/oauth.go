package hmac

import (
	"encoding/hex"
	"fmt"
)

// OAuth is the query with which Shopify opens an app or comes back from its
// consent page, parsed and ready to be checked; it proves nothing by itself.
// Printing it leaves out the signature, the code and the state.
//
// Code, Host and State are empty where the query has none, as when an app is
// merely opened. Whether the state is the one that was sent is for the caller to
// say. The fields are for reading: what is checked was fixed while parsing.
type OAuth struct {
	Shop, Code, Host, State string
	Timestamp               int64 // Unix seconds

	signed
	all parameters
}

// ParseOAuth holds a raw query, without the "?", against the grammar and returns
// [Valid], which here means well-formed, or a Result that says what is wrong; the
// OAuth is zero then.
//
// hmac, shop and timestamp must be there. Any others may be, since Shopify adds
// to them, and all but hmac and the old signature are signed. Each may come once:
// how Shopify signs repeats differs between its own libraries.
//
// So does the encoding of what is signed: decoded, percent-encoded, with a space
// as "+" or as "%20". Names and values are therefore held to letters, digits,
// "-", "." and "_", which look the same in all of them; anything else is
// [AmbiguousParameter]. What Shopify is known to send keeps to them (it dropped
// protocol=https:// years ago). Make your state of them, and any parameter of your
// own in the app's URL.
//
// It keeps parts of query: a server whose strings are only lent clones it first.
// Never log the query.
func ParseOAuth(query string) (OAuth, Result) {
	list, text, r := parseOAuth(query)
	if r != Valid {
		return OAuth{}, r
	}
	q, r := list.oauth()
	if r != Valid {
		return OAuth{}, r
	}
	if !q.bind(text, list.message("&"), q.Timestamp) {
		return OAuth{}, MalformedHMAC
	}
	return q, Valid
}

// parseOAuth returns what is signed, and the hmac.
func parseOAuth(query string) (list parameters, text string, r Result) {
	if list, r = parse(query); r != Valid {
		return nil, "", r
	}
	if text, list, r = list.take("hmac"); r != Valid {
		return nil, "", r
	}
	if _, list, r = list.take(signature); r != Valid {
		return nil, "", r
	}
	return list, text, list.unambiguous()
}

// unambiguous allows what every known way of signing writes alike.
func (list parameters) unambiguous() Result {
	for i, p := range list {
		_, repeated := list[:i].get(p.name)
		switch {
		case repeated:
			return RepeatedParameter
		case !plain(p.name), !plain(p.value):
			return AmbiguousParameter
		}
	}
	return Valid
}

// oauth holds Shopify's own parameters against the grammar.
func (list parameters) oauth() (q OAuth, r Result) {
	q.Shop, _ = list.get("shop")
	if !ValidShop(q.Shop) {
		return q, MalformedShop
	}
	text, _ := list.get("timestamp")
	var ok bool
	if q.Timestamp, ok = unix(text); !ok {
		return q, MalformedTimestamp
	}
	q.Code, _ = list.get("code")
	q.Host, _ = list.get("host")
	q.State, _ = list.get("state")
	q.all = list
	return q, Valid
}

// Get returns the value of a signed parameter; empty if it is not there.
func (q *OAuth) Get(name string) string {
	value, _ := q.all.get(name)
	return value
}

// Format prints shop and timestamp alone, for every verb.
func (q OAuth) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "hmac.OAuth(shop=%q timestamp=%d)", q.Shop, q.Timestamp)
}

// SignOAuth returns the hmac that Shopify would add to a raw query, in 64
// lower-case hex characters; one that is already there is left out. It refuses
// what [ParseOAuth] calls ambiguous, but asks for no parameter.
func (k *Key) SignOAuth(query string) (text string, r Result) {
	list, _, r := parseOAuth(query)
	if r != Valid {
		return "", r
	}
	sum := k.Sum(list.message("&"))
	return hex.EncodeToString(sum[:]), Valid
}
