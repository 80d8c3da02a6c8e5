package seal

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// maxFile bounds what is read, for a path that names the database by mistake.
// A key takes about 200 bytes.
const maxFile = 1 << 20

// load reads the master key file at path, an absolute one. No error quotes what
// the file holds.
func load(path string) (*keys, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("seal: master key file: %w", err)
	}
	if err := check(path, info); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("seal: master key file: %w", err)
	}
	k, err := parse(content)
	if err != nil {
		return nil, fmt.Errorf("seal: %s is %w", path, err)
	}
	k.info = info
	return k, nil
}

func check(path string, info fs.FileInfo) error {
	switch {
	case !info.Mode().IsRegular():
		return fmt.Errorf("seal: master key file %s is not a regular file", path)
	case shared(info):
		return fmt.Errorf("seal: master key file %s can be used by other accounts (mode %04o): run chmod 600 %s",
			path, info.Mode().Perm(), path)
	case info.Size() > maxFile:
		return fmt.Errorf("seal: %s is %w", path, errKeyset)
	}
	return nil
}

func parse(content []byte) (*keys, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(content)))
	if err != nil {
		return nil, errKeyset // err may quote the content
	}
	return newKeys(handle)
}

// create writes handle to a new file at path that only its owner can read, and
// returns when it is on the disk. It fails if there is a file already.
func create(path string, handle *keyset.Handle) error {
	var content bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&content)); err != nil {
		return fmt.Errorf("seal: encoding the master key: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("seal: master key file: %w", err)
	}
	err = write(file, content.Bytes())
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		_ = os.Remove(path)
		return fmt.Errorf("seal: master key file: %w", err)
	}
	return nil
}

func write(file *os.File, content []byte) error {
	_, err := file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// replace puts handle in the place of the file at path in one step, so that
// whoever reads it meanwhile finds the old keys or the new ones, and so does
// the next start if this one is cut short. The owner stays the same. Callers
// hold the file's lock.
func replace(path string, handle *keyset.Handle) error {
	next := path + ".new"
	_ = os.Remove(next) // left by a process that was killed
	if err := create(next, handle); err != nil {
		return err
	}
	err := keepOwner(path, next)
	if err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		_ = os.Remove(next)
		return fmt.Errorf("seal: replacing the master key file: %w", err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("seal: replacing the master key file: %w", err)
	}
	return nil
}
