package hmac

// A Result is the verdict on a signature. Only [Valid] lets anyone
// in; the zero Result, Unchecked, does not.
type Result uint8

const (
	Unchecked          Result = iota // nothing has been decided
	Valid                            // signed with this key and, if it says when, in time
	MalformedID                      // the id is missing or not as ValidID wants it
	MalformedShop                    // the shop is missing where it is needed, or not as ValidShop wants it
	MalformedTimestamp               // the timestamp is missing where it is needed, or not ten ASCII digits
	MalformedSignature               // the signature is missing or not 64 lower-case hex characters
	Wrong                            // signed with another key, or over another message
	EmptyKey                         // signed with the empty key: the theme cannot read its metafield
	Expired                          // signed too long ago
	NotYet                           // signed in the future: somebody's clock is wrong

	// Of queries and webhooks only.

	MalformedQuery      // not UTF-8 text in percent-encoding, or ";" or NUL in it
	Oversized           // longer than MaxQuery, or more than MaxParameters
	UnknownParameter    // a parameter that is neither Shopify's nor an allowed extra
	RepeatedParameter   // twice what may be there once
	AmbiguousParameter  // the same signature would be good for another reading of it
	MalformedCustomer   // logged_in_customer_id is missing, or neither empty nor as ValidID wants it
	MalformedPathPrefix // path_prefix is missing, or not a path
	MalformedHMAC       // hmac is missing or not 64 lower-case hex characters
	MalformedHeader     // the header is missing or not 44 characters of padded standard base64
	EmptyBody           // a webhook without a body, which nobody sends
)

var results = [...]struct{ text, field string }{
	Unchecked:          {text: "not checked"},
	Valid:              {text: "valid"},
	MalformedID:        {text: "malformed id", field: "id"},
	MalformedShop:      {text: "malformed shop", field: "shop"},
	MalformedTimestamp: {text: "malformed timestamp", field: "timestamp"},
	MalformedSignature: {text: "malformed signature", field: "signature"},
	Wrong:              {text: "wrong signature"},
	EmptyKey:           {text: "signed with an empty key"},
	Expired:            {text: "signed too long ago"},
	NotYet:             {text: "signed in the future"},

	MalformedQuery:      {text: "malformed query", field: "query"},
	Oversized:           {text: "query too long", field: "query"},
	UnknownParameter:    {text: "parameter that is not allowed", field: "query"},
	RepeatedParameter:   {text: "repeated parameter", field: "query"},
	AmbiguousParameter:  {text: "ambiguous parameter", field: "query"},
	MalformedCustomer:   {text: "malformed logged_in_customer_id", field: "logged_in_customer_id"},
	MalformedPathPrefix: {text: "malformed path_prefix", field: "path_prefix"},
	MalformedHMAC:       {text: "malformed hmac", field: "hmac"},
	MalformedHeader:     {text: "malformed header", field: "header"},
	EmptyBody:           {text: "empty body", field: "body"},
}

// String returns a few words for an operator, never anything that was sent.
func (r Result) String() string {
	if int(r) < len(results) {
		return results[r].text
	}
	return "unknown"
}

// Field names what is malformed as the request calls it, such as "id", "shop" or
// "logged_in_customer_id", or "query", "header" or "body" as a whole; it is empty
// for every other Result.
func (r Result) Field() string {
	if int(r) < len(results) {
		return results[r].field
	}
	return ""
}

// Malformed reports whether something broke the grammar, so that nothing was
// compared and the request itself is at fault.
func (r Result) Malformed() bool { return r.Field() != "" }

// Err returns nil for [Valid] and otherwise an error with String's text. Each
// Result has one error value, so errors.Is(err, hmac.Expired.Err()) tells them
// apart.
//
// Result itself is no error, because then Valid would be one that is not nil.
func (r Result) Err() error {
	if r == Valid {
		return nil
	}
	return refusal(r)
}

type refusal Result

func (r refusal) Error() string { return "hmac: " + Result(r).String() }
