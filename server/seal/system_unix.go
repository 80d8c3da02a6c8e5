//go:build unix

package seal

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// shared reports whether any account but the owner's may use the file.
func shared(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }

// keepOwner gives the file next the owner and group of the file path, so that a
// rotation by root does not take the key away from the account that serves.
func keepOwner(path, next string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		return os.Chown(next, int(owner.Uid), int(owner.Gid))
	}
	return nil
}

// syncDir makes the names in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closed := d.Close(); err == nil {
		err = closed
	}
	return err
}

// lock waits until no other process changes the file at path, and keeps them
// from it until unlock is called or this process ends.
func lock(path string) (unlock func(), err error) {
	for {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		if err := flock(file); err != nil {
			_ = file.Close()
			return nil, err
		}
		if same(file, path) {
			return func() { _ = file.Close() }, nil
		}
		_ = file.Close() // replaced while we waited: the lock is on a file without a name
	}
}

func flock(file *os.File) error {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func same(file *os.File, path string) bool {
	ours, err := file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(path)
	return err == nil && os.SameFile(ours, named)
}
