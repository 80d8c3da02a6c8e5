//go:build !unix

package seal

import "io/fs"

// Windows has access lists in place of mode bits, none of the locks and no
// synced directories: there the master key is as private as its folder, and it
// is the operator who rotates one at a time.

func shared(fs.FileInfo) bool { return false }

func keepOwner(string, string) error { return nil }

func syncDir(string) error { return nil }

func lock(string) (func(), error) { return func() {}, nil }
