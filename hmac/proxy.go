package hmac

import (
	"encoding/hex"
	"fmt"
)

// Proxy is what Shopify's app proxy claims about a request it passes on, parsed
// and ready to be checked; it proves nothing by itself. Printing it leaves the
// signature out. The signature covers neither method, path nor body.
//
// The fields are for reading: what is checked was fixed while parsing.
type Proxy struct {
	Shop       string
	CustomerID string // empty: nobody is logged in
	// PathPrefix is where the shop mounts the proxy, such as /apps/shapestoken.
	// An extra parameter whose name sorts between path_prefix and shop makes it
	// unsure where this ends; nothing else is in doubt then.
	PathPrefix string
	Timestamp  int64 // Unix seconds

	signed
	extras parameters
}

// ParseProxy holds a raw query, without the "?", against the grammar and returns
// [Valid], which here means well-formed, or a Result that says what is wrong; the
// Proxy is zero then.
//
// The parameters must be exactly shop, logged_in_customer_id (which is empty for
// a guest, but there), path_prefix, timestamp and signature, once each, in any
// order, and those that extras allows. No value but the signature's may hold "=".
// The reason is the one given at [AllowExtras]: what passes here can be read in
// no other way, and whatever query Shopify really signed, it named this shop,
// this customer and this moment.
//
// It keeps parts of query: a server whose strings are only lent clones it first.
// Never log the query. See [ValidShop] and [ValidID].
func ParseProxy(query string, extras *Extras) (Proxy, Result) {
	list, r := parse(query)
	if r != Valid {
		return Proxy{}, r
	}
	text, list, r := list.take(signature)
	if r != Valid {
		return Proxy{}, r
	}
	if r = extras.admit(list); r != Valid {
		return Proxy{}, r
	}
	q, r := list.proxy()
	if r != Valid {
		return Proxy{}, r
	}
	if !q.bind(text, list.message(""), q.Timestamp) {
		return Proxy{}, MalformedSignature
	}
	return q, Valid
}

// proxy holds Shopify's own parameters against the grammar.
func (list parameters) proxy() (q Proxy, r Result) {
	q.Shop, _ = list.get("shop")
	if !ValidShop(q.Shop) {
		return q, MalformedShop
	}
	id, sent := list.get("logged_in_customer_id")
	if !sent || id != "" && !ValidID(id) {
		return q, MalformedCustomer
	}
	q.CustomerID = id
	q.PathPrefix, _ = list.get("path_prefix")
	if !validPath(q.PathPrefix) {
		return q, MalformedPathPrefix
	}
	text, _ := list.get("timestamp")
	if q.Timestamp, sent = unix(text); !sent {
		return q, MalformedTimestamp
	}
	q.extras = list
	return q, Valid
}

// Values returns the values of a parameter, in order; nil if it is not there.
func (q *Proxy) Values(name string) []string { return q.extras.all(name) }

// Format prints the fields, without the signature and extras, for every verb.
func (q Proxy) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "hmac.Proxy(shop=%q customer=%q path=%q timestamp=%d)", q.Shop, q.CustomerID, q.PathPrefix, q.Timestamp)
}

// SignProxy returns the signature that Shopify's app proxy would add to a raw
// query, in 64 lower-case hex characters; one that is already there is left out.
// Like Shopify it signs any parameters whatever. [ParseProxy] is the strict one.
func (k *Key) SignProxy(query string) (text string, r Result) {
	list, r := parse(query)
	if r != Valid {
		return "", r
	}
	_, list, r = list.take(signature)
	if r != Valid {
		return "", r
	}
	sum := k.Sum(list.message(""))
	return hex.EncodeToString(sum[:]), Valid
}
