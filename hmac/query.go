package hmac

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds on a signed query. Shopify's own stay below 2 KiB and a dozen parameters.
const (
	MaxQuery      = 8 << 10 // bytes, before decoding
	MaxParameters = 64
)

// A parameter is one decoded name and value; without "=" the value is empty.
type parameter struct{ name, value string }

// parameters are a query's, in order.
type parameters []parameter

// parse decodes a raw query and answers Valid, MalformedQuery or Oversized.
func parse(query string) (parameters, Result) {
	if len(query) > MaxQuery || strings.Count(query, "&") >= MaxParameters {
		return nil, Oversized
	}
	var list parameters
	for piece := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(piece, "=")
		n, nameOK := unescape(name)
		v, valueOK := unescape(value)
		if !nameOK || !valueOK || n == "" {
			return nil, MalformedQuery
		}
		list = append(list, parameter{n, v})
	}
	return list, Valid
}

// unescape takes both "+" and "%20" for a space, as a form's decoder does.
// Whatever two decoders may see differently is refused: bytes that no URL may
// carry as they are, ";" (which some take for "&"), text that is not UTF-8, NUL.
func unescape(raw string) (text string, ok bool) {
	for i := range len(raw) {
		if c := raw[i]; c <= ' ' || c > '~' || c == ';' || c == '#' {
			return "", false
		}
	}
	text, err := url.QueryUnescape(raw)
	return text, err == nil && utf8.ValidString(text) && !strings.Contains(text, "\x00")
}

// take returns the value of a parameter that may be there once, and the rest.
func (list parameters) take(name string) (value string, rest parameters, r Result) {
	for _, p := range list {
		if p.name != name {
			rest = append(rest, p)
		}
	}
	if len(list)-len(rest) > 1 {
		return "", nil, RepeatedParameter
	}
	value, _ = list.get(name)
	return value, rest, Valid
}

func (list parameters) get(name string) (value string, ok bool) {
	for _, p := range list {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

func (list parameters) all(name string) (values []string) {
	for _, p := range list {
		if p.name == name {
			values = append(values, p.value)
		}
	}
	return values
}

// message writes name=value texts in the order of their bytes, "=" and value
// included, with separator between them; a repeated name's values stand together
// with commas between.
func (list parameters) message(separator string) []byte {
	var texts []string
	place := map[string]int{}
	for _, p := range list {
		i, repeated := place[p.name]
		if repeated {
			texts[i] += "," + p.value
			continue
		}
		place[p.name] = len(texts)
		texts = append(texts, p.name+"="+p.value)
	}
	slices.Sort(texts)
	return []byte(strings.Join(texts, separator))
}
