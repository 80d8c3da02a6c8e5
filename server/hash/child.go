package hash

import (
	"io"
	"net/rpc"
	"os/exec"
	"runtime"
	"sync"

	"golang.org/x/crypto/argon2"
)

// Work is one evaluation, as it travels to a [Child].
type Work struct {
	Password, Salt []byte
	Cost           Cost
	Size           int // of the key, in bytes
}

// key is the one place where argon2id is run.
func (w Work) key() []byte {
	return argon2.IDKey(w.Password, w.Salt, w.Cost.Passes, w.Cost.Memory, w.Cost.Lanes, uint32(w.Size))
}

// Child evaluates in a process of its own, which the kernel lets run when
// nobody else wants to. In the same process a password of 30 ms keeps requests
// of 0.1 ms waiting for whole time slices, on however many processors the rest
// may be: threads of one process are alike.
//
// The process starts with the first password and ends with [Child.Close], with
// its parent, or by itself; then the next password starts another one. It gets
// passwords, salts and costs through a pipe, and nothing else: it has no
// environment, no files and no connections. A Child is safe for concurrent use.
type Child struct {
	command func() *exec.Cmd
	mu      sync.Mutex
	process *rpc.Client // nil: none runs
}

// NewChild returns a Child whose process is started by command: it has to call
// [Serve] with its stdin and stdout.
func NewChild(command func() *exec.Cmd) *Child { return &Child{command: command} }

// Serve evaluates for the process at the other end, until in ends. It takes no
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

// key tries twice: a process may have ended long ago, and a second one tells.
func (c *Child) key(w Work) ([]byte, error) {
	if key, err := c.once(w); err == nil {
		return key, nil
	}
	return c.once(w)
}

func (c *Child) once(w Work) (key []byte, err error) {
	process, err := c.running()
	if err != nil {
		return nil, err
	}
	if err := process.Call(method, w, &key); err != nil {
		c.forget(process)
		return nil, err
	}
	return key, nil
}

// running is the process, started if need be.
func (c *Child) running() (*rpc.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.process != nil {
		return c.process, nil
	}
	conn, err := start(c.command())
	if err != nil {
		return nil, err
	}
	c.process = rpc.NewClient(conn)
	return c.process, nil
}

// forget lets the next password start another process in place of this one.
func (c *Child) forget(process *rpc.Client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.process == process {
		c.process = nil
	}
	_ = process.Close() // it failed already
}

// Close ends the process.
func (c *Child) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.process == nil {
		return nil
	}
	err := c.process.Close()
	c.process = nil
	return err
}

// start runs command at the lowest priority, and returns a connection with it.
func start(command *exec.Cmd) (io.ReadWriteCloser, error) {
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := lowly(command.Start); err != nil {
		return nil, err
	}
	return ends{out, in, func() error {
		err := in.Close()                  // by which it ends
		go func() { _ = command.Wait() }() // it may be at work still, and its exit says nothing
		return err
	}}, nil
}

// ends are those of two pipes.
type ends struct {
	io.Reader
	io.Writer
	close func() error
}

func (e ends) Close() error { return e.close() }
