package outbound

import (
	"errors"
	"fmt"
)

// verdict is an error that the same request gets again.
type verdict string

func (v verdict) Error() string { return string(v) }

// Final is true: whoever tries things again need not.
func (verdict) Final() bool { return true }

// What [Client.Do] and [Client.Check] may return, besides what the network
// says. None of it quotes a path or a query.
var (
	// ErrRefused: a rule of this package is against it; the rest of the error
	// says which. Nothing was sent.
	ErrRefused error = verdict("outbound: refused")
	// ErrTooLarge: the answer has more bytes than are read.
	ErrTooLarge error = verdict("outbound: the answer is too large")
	// ErrBusy: there were too many requests in flight for all of its time.
	// Nothing was sent.
	ErrBusy = errors.New("outbound: too many requests in flight")
)

func refuse(rule string, about ...any) error {
	return fmt.Errorf("%w: "+rule, append([]any{ErrRefused}, about...)...)
}
