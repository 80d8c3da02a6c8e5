package storetest

import (
	"path/filepath"
	"testing"
)

// SQLite returns the URL of a database that does not exist yet, in a folder of the test's own.
func SQLite(t *testing.T) (url string) {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "store.db")
}
