package hmac

// A Result is the verdict on a customer signature. Only [Valid] lets anyone
// in; the zero Result, Unchecked, does not.
type Result uint8

const (
	Unchecked          Result = iota // nothing has been decided
	Valid                            // signed with this key and, if v2, in time
	MalformedID                      // the id is missing or not as ValidID wants it
	MalformedShop                    // the shop is missing beside a timestamp, or not as ValidShop wants it
	MalformedTimestamp               // the timestamp is not ten ASCII digits
	MalformedSignature               // the signature is missing or not 64 lower-case hex characters
	Wrong                            // signed with another key, or over another message
	EmptyKey                         // signed with the empty key: the theme cannot read its metafield
	Expired                          // signed too long ago
	NotYet                           // signed in the future: somebody's clock is wrong
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
}

// String returns a few words for an operator, never anything that was sent.
func (r Result) String() string {
	if int(r) < len(results) {
		return results[r].text
	}
	return "unknown"
}

// Field names the malformed field as the request calls it, "id", "shop",
// "timestamp" or "signature"; it is empty for every other Result.
func (r Result) Field() string {
	if int(r) < len(results) {
		return results[r].field
	}
	return ""
}

// Malformed reports whether a field broke the grammar, so that nothing was
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
