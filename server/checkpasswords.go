package main

import (
	"os"
	"os/exec"
	"runtime"

	"github.com/shapestoken/shapestoken/server/hash"
)

// checkPasswordsCommand is the other end of a [hash.Child].
type checkPasswordsCommand struct{}

// Run serves until the service closes its pipe.
func (checkPasswordsCommand) Run(a *app) error { return hash.Serve(a.std.in, a.std.out) }

// newChild returns a process that checks passwords: this program, run again.
func newChild() *hash.Child {
	return hash.NewChild(func() *exec.Cmd {
		return &exec.Cmd{Path: executable(), Args: []string{"shapestoken", "check-passwords"}, Env: []string{}}
	})
}

// executable is the file that this process runs. On Linux that is the very file,
// also after an upgrade has put another one in its place.
func executable() string {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe"
	}
	path, _ := os.Executable() // empty: starting it says what is wrong
	return path
}
