package broker

import "fmt"

// Place says where a sealed value stands. It is authenticated with the value
// (the associated data of RFC 5116 section 2.1) and not stored with it, so that
// one moved to another tenant, table, column or row does not open. Every field
// must be filled: an empty one would bind the value to nothing.
type Place struct{ Tenant, Table, Column, Row string }

// String names the place for a log line; whatever is not printable is escaped.
func (p Place) String() string {
	return fmt.Sprintf("%+q/%+q/%+q/%+q", p.Tenant, p.Table, p.Column, p.Row)
}
