package hash

import (
	"io"
	"net/rpc"
	"runtime"
)

// Serve evaluates for the [Child] at the other end, until in ends. It takes no
// more processors for itself than [Passwords] do.
func Serve(in io.Reader, out io.Writer) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(share()))
	server := rpc.NewServer()
	if err := server.RegisterName(service, evaluator{}); err != nil {
		return err
	}
	server.ServeConn(ends{in, out, func() error { return nil }})
	return nil
}

const (
	service = "Passwords"
	method  = service + ".Evaluate"
)

// evaluator is what the process offers.
type evaluator struct{}

// Evaluate has the form that net/rpc asks for.
func (evaluator) Evaluate(w Work, key *[]byte) error {
	*key = w.key()
	return nil
}
