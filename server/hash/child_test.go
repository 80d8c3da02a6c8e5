package hash

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const asChild = "SHAPESTOKEN_TEST_CHILD"

// TestMain is also what a Child of these tests runs.
func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" {
		os.Exit(m.Run())
	}
	if err := Serve(os.Stdin, os.Stdout); err != nil {
		panic(err)
	}
}

// family is a Child and the processes that it started.
type family struct {
	*Passwords
	*Child
	ledger
	started []*exec.Cmd
}

func newFamily(t *testing.T) *family {
	f := &family{}
	f.Child = NewChild(func() *exec.Cmd {
		c := exec.Command(os.Args[0])
		c.Env = []string{asChild + "=1"}
		f.started = append(f.started, c)
		return c
	})
	f.patience = time.Hour // on a busy machine, too, it is the lowly one
	f.Passwords = NewPasswords(Config{Child: f.Child, Watch: f.note})
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func (f *family) pid() int { return f.started[len(f.started)-1].Process.Pid }

func TestChildEvaluatesAlike(t *testing.T) {
	f := newFamily(t)
	verify(f.Passwords, "", "started before it is measured")
	f.read()
	for _, tt := range foreign {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got := []answer{verify(f.Passwords, tt.phc, tt.password), verify(f.Passwords, tt.phc, tt.password[1:]+"y")}
		runtime.ReadMemStats(&after)
		if diff := cmp.Diff([]answer{{OK: true, Again: tt.again}, {}}, got, cmpopts.EquateErrors()); diff != "" {
			t.Errorf("%s: right, then wrong password:\n%s", tt.name, diff)
		}
		if diff := cmp.Diff([]Cost{tt.cost, tt.cost}, f.read()); diff != "" {
			t.Errorf("%s: evaluations:\n%s", tt.name, diff)
		}
		if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 0 {
			t.Errorf("%s: %d MiB were taken here", tt.name, mib)
		}
	}
	if len(f.started) != 1 {
		t.Errorf("%d processes were started", len(f.started))
	}
}

func TestChildStartsAnew(t *testing.T) {
	f := newFamily(t)
	good := hashed(t, f.Passwords, "x")
	for name, soon := range map[string]func(kill func()){"at rest": func(kill func()) { kill() }, "at work": func(kill func()) { go kill() }} {
		before, process := f.pid(), f.started[len(f.started)-1].Process
		f.watch = func(Cost) { soon(func() { _ = process.Kill() }) }
		if got := verify(f.Passwords, good, "x"); !got.OK {
			t.Errorf("killed %s: %+v", name, got)
		}
		f.watch = f.note
		if got := verify(f.Passwords, good, "y"); got != (answer{}) {
			t.Errorf("afterwards: %+v", got)
		}
		if f.pid() == before {
			t.Errorf("killed %s: no other process was started", name)
		}
	}
}

// A password that is kept waiting is evaluated by another process, and nothing is
// left of the one that kept it.
func TestStarvingChild(t *testing.T) {
	f := newFamily(t)
	good := hashed(t, f.Passwords, "x")
	f.lowly.command = func() *exec.Cmd {
		c := exec.Command("sleep", "60") // it reads nothing and answers nothing
		f.started = append(f.started, c)
		return c
	}
	f.lowly.kill()
	f.patience = time.Millisecond
	for range 2 {
		if got := verify(f.Passwords, good, "x"); !got.OK {
			t.Errorf("%+v", got)
		}
	}
	if len(f.started) != 4 || f.prompt.running.Args[0] != os.Args[0] {
		t.Errorf("%d processes were started", len(f.started))
	}
	for _, c := range f.started {
		eventually(t, "all to be gone that kept somebody waiting", func() bool {
			return (c == f.prompt.running) == (c.Process.Signal(syscall.Signal(0)) == nil)
		})
	}
}

func TestChildThatEndsAtOnce(t *testing.T) {
	p := NewPasswords(Config{Child: NewChild(func() *exec.Cmd { return exec.Command("/bin/true") })})
	if got := verify(p, "", "x"); got.OK || !errors.Is(got.Err, ErrBroken) {
		t.Errorf("%+v", got)
	}
}

func TestChildThatCannotStart(t *testing.T) {
	p := NewPasswords(Config{Child: NewChild(func() *exec.Cmd { return exec.Command("/nowhere/shapestoken") })})
	got := verify(p, "", "x")
	if !errors.Is(got.Err, ErrBroken) || !strings.Contains(got.Err.Error(), "/nowhere/shapestoken") {
		t.Errorf("%+v", got)
	}
}

func TestClosedChildEnds(t *testing.T) {
	f := newFamily(t)
	verify(f.Passwords, "", "x")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the process to be gone", func() bool {
		return f.started[0].Process.Signal(syscall.Signal(0)) != nil
	})
	if err := f.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("waited 5 s for %s", what)
}
