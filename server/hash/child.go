package hash

import (
	"context"
	"errors"
	"os/exec"
	"time"

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
// Where others never leave a processor to it, a password that has waited long
// enough is evaluated by a second process, which is like any other: so logins are
// slow on such a machine, and still come through.
//
// A process starts with the first password that needs it and ends with
// [Child.Close], with its parent, or by itself; then the next password starts
// another one. It gets passwords, salts and costs through a pipe, and nothing else:
// it has no environment, no files and no connections. A Child is safe for
// concurrent use.
type Child struct {
	lowly, prompt process
	patience      time.Duration // with the lowly one
}

// starving is how long a password waits for a processor that nobody else wants.
// It takes a tenth of that.
const starving = 500 * time.Millisecond

// NewChild returns a Child whose processes are started by command: it has to call
// [Serve] with its stdin and stdout.
func NewChild(command func() *exec.Cmd) *Child {
	return &Child{
		lowly:    process{command: command, lowly: true},
		prompt:   process{command: command},
		patience: starving,
	}
}

// key returns what w comes to.
func (c *Child) key(w Work) ([]byte, error) {
	type outcome struct {
		key []byte
		err error
	}
	done := make(chan outcome, 1)
	ctx, giveUp := context.WithCancel(context.Background())
	defer giveUp()
	go func() {
		key, err := c.lowly.key(ctx, w)
		done <- outcome{key, err}
	}()
	overdue := time.NewTimer(c.patience)
	defer overdue.Stop()
	select {
	case o := <-done:
		if o.err == nil {
			return o.key, nil
		}
	case <-overdue.C:
		giveUp()
		c.lowly.kill() // or work that nobody waits for would pile up in it
	}
	return c.prompt.key(context.Background(), w)
}

// Close ends the processes.
func (c *Child) Close() error { return errors.Join(c.lowly.close(), c.prompt.close()) }
