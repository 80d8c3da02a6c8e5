package hmac

import (
	"fmt"
	"slices"
	"strings"
)

// reserved are the parameters that Shopify itself adds to an app proxy query,
// the signature apart.
var reserved = []string{"logged_in_customer_id", "path_prefix", "shop", "timestamp"}

const signature = "signature"

// Extras are the parameters of your own that an app proxy query may have beside
// Shopify's five. Nil means none. It is safe for concurrent use.
type Extras struct{ once, many []string }

// AllowExtras lists parameters of your own by their exact, decoded names.
//
// Those in once may come once at most. Those in many may be repeated, and then
// no value of theirs may hold a comma: Shopify signs ids=1&ids=2 and ids=1,2
// alike, so each name has to be read in one way.
//
// It returns an error for a name that is empty, is there twice, holds "=" or
// anything but visible ASCII, or ends like another one or like one of Shopify's
// (so "id", "p" and "customer_id" cannot be had). Pairs are signed with nothing
// between them; if one name could be the end of another, a value could lend it
// the missing letters, and one signature would be good for two queries.
func AllowExtras(once, many []string) (*Extras, error) {
	e := &Extras{slices.Clone(once), slices.Clone(many)}
	names := slices.Concat(reserved, once, many)
	for i, name := range names {
		if !visible(name) || name == signature {
			return nil, fmt.Errorf("hmac: %q cannot be the name of an extra parameter", name)
		}
		for j, other := range names {
			if i != j && strings.HasSuffix(other, name) {
				return nil, fmt.Errorf("hmac: parameter %q ends like %q", other, name)
			}
		}
	}
	return e, nil
}

func visible(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c > '~' || c == '=' {
			return false
		}
	}
	return true
}

// admit holds names and repeats against the list, and refuses values that could
// be read in two ways. The signature is no longer in list.
func (e *Extras) admit(list parameters) Result {
	for i, p := range list {
		many := e != nil && slices.Contains(e.many, p.name)
		known := many || slices.Contains(reserved, p.name) || e != nil && slices.Contains(e.once, p.name)
		_, repeated := list[:i].get(p.name)
		switch {
		case !known:
			return UnknownParameter
		case repeated && !many:
			return RepeatedParameter
		case strings.Contains(p.value, "="), many && strings.Contains(p.value, ","):
			return AmbiguousParameter
		}
	}
	return Valid
}
