//go:build unix

package seal_test

import (
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/shapestoken/shapestoken/server/seal"
)

func TestFileIsPrivate(t *testing.T) {
	k, path := create(t)
	primary := k.Primary()
	for step, do := range []func(){func() {}, func() { primary = rotate(t, k) }, func() { _ = k.Retire(primary) }} {
		do()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode(); got != 0o600 {
			t.Errorf("step %d: mode %v, want -rw-------", step, got)
		}
	}
}

func TestModes(t *testing.T) {
	for mode, fits := range map[fs.FileMode]bool{
		0o600: true, 0o400: true, 0o700: true,
		0o640: false, 0o620: false, 0o610: false, 0o604: false, 0o602: false, 0o601: false, 0o666: false,
	} {
		_, path := create(t)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := seal.Open(path)
		if (err == nil) != fits {
			t.Errorf("mode %v: Open says %v", mode, err)
		}
		if !fits && !strings.Contains(err.Error(), "chmod 600 "+path) {
			t.Errorf("mode %v: %v does not say what to do", mode, err)
		}
	}
}

func TestRotationKeepsTheOwner(t *testing.T) {
	k, path := create(t)
	uid, gid := otherOwner(t)
	if err := os.Chown(path, uid, gid); err != nil {
		t.Fatal(err)
	}
	rotate(t, k)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	if int(owner.Uid) != uid || int(owner.Gid) != gid {
		t.Errorf("owner %d:%d, want %d:%d", owner.Uid, owner.Gid, uid, gid)
	}
}

// otherOwner is one to whom this account may give a file: anybody if it is
// root, else itself with the last of its groups.
func otherOwner(t *testing.T) (uid, gid int) {
	t.Helper()
	if os.Geteuid() == 0 {
		return 12345, 54321
	}
	groups, err := os.Getgroups()
	if err != nil || len(groups) == 0 {
		return os.Geteuid(), os.Getegid()
	}
	return os.Geteuid(), groups[len(groups)-1]
}

// Each of several processes that rotate at once must find its key in the file.
func TestRotationsAtOnce(t *testing.T) {
	k, path := create(t)
	before := mustSeal(t, k, here, canary)
	sealed := make([][]byte, 16)
	var group sync.WaitGroup
	for i := range sealed {
		k := open(t, path)
		group.Go(func() {
			if _, err := k.Rotate(); err != nil {
				t.Error(err)
				return
			}
			var err error
			if sealed[i], err = k.Seal(here, []byte(canary)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	last := open(t, path)
	for _, s := range append(sealed, before) {
		mustUnseal(t, last, here, s, canary)
	}
}
