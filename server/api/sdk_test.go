package api

import (
	"testing"
	"testing/fstest"
)

// A theme that pins an older release finds it after every upgrade.
func TestEarlierReleases(t *testing.T) {
	files, err := loadFiles(Config{
		Version:  "2.1.0",
		Files:    fstest.MapFS{"shapestoken.js": {Data: []byte("new")}, "sections/x.liquid": {Data: []byte("x")}},
		Releases: fstest.MapFS{"README.md": {Data: []byte("x")}, "1.0.0/shapestoken.js": {Data: []byte("old")}, "2.0.0/shapestoken.js": {Data: []byte("older")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2.1.0/shapestoken.js": "new", "2/shapestoken.js": "new", "1.0.0/shapestoken.js": "old", "2.0.0/shapestoken.js": "older",
	} {
		if got := string(files[at].body); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
		if keep := files[at].cache == forever; keep != (at[1:2] == ".") {
			t.Errorf("%s: %s", at, files[at].cache)
		}
	}
	if len(files) != 4 {
		t.Errorf("%d files", len(files))
	}
}
