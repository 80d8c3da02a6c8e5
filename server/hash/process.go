package hash

import (
	"context"
	"io"
	"net/rpc"
	"os/exec"
	"sync"
)

// process is one of a [Child]'s, started when it is needed.
type process struct {
	command func() *exec.Cmd
	lowly   bool // it runs when nobody else wants to

	mu      sync.Mutex
	running *exec.Cmd
	client  *rpc.Client // nil: none runs
}

// key tries twice, unless nobody waits for it any more: a process may have ended
// long ago, and a second one tells.
func (p *process) key(ctx context.Context, w Work) ([]byte, error) {
	key, err := p.once(ctx, w)
	if err == nil || ctx.Err() != nil {
		return key, err
	}
	return p.once(ctx, w)
}

func (p *process) once(ctx context.Context, w Work) (key []byte, err error) {
	client, err := p.connected(ctx)
	if err != nil {
		return nil, err
	}
	if err := client.Call(method, w, &key); err != nil {
		p.forget(client)
		return nil, err
	}
	return key, nil
}

// connected starts the process if need be. Who has given up before kill gets none
// after it.
func (p *process) connected(ctx context.Context) (*rpc.Client, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client != nil || ctx.Err() != nil {
		return p.client, ctx.Err()
	}
	command := p.command()
	conn, err := connect(command)
	if err != nil {
		return nil, err
	}
	if p.lowly {
		lower(command.Process.Pid)
	}
	p.running, p.client = command, rpc.NewClient(conn)
	return p.client, nil
}

// forget lets the next password start another process in place of this one.
func (p *process) forget(client *rpc.Client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client == client {
		p.client = nil
	}
	_ = client.Close() // it failed already
}

// kill ends the process in the middle of its work.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client != nil {
		_ = p.running.Process.Kill() // it may have ended by itself
		_ = p.client.Close()
		p.client = nil
	}
}

// close ends the process when it has done its work.
func (p *process) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client == nil {
		return nil
	}
	err := p.client.Close()
	p.client = nil
	return err
}

// connect runs command, and returns a connection with it.
func connect(command *exec.Cmd) (io.ReadWriteCloser, error) {
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
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
