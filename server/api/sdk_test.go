package api

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/shapestoken/shapestoken/web"
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

// The browser is left to guess of nothing that the build makes.
func TestEveryFileHasAKind(t *testing.T) {
	dist, err := fs.Sub(web.Dist, "dist")
	if err != nil {
		t.Fatal(err)
	}
	files, err := loadFiles(Config{Version: web.Version, Files: dist, Releases: fstest.MapFS{}})
	if err != nil {
		t.Fatal(err)
	}
	for at, file := range files {
		if file.kind == "application/octet-stream" {
			t.Errorf("%s has no content type", at)
		}
	}
	for _, name := range []string{"shapestoken.js.map", "package.json", "README.md", "stub.js"} {
		if _, served := files[web.Version+"/"+name]; !served {
			t.Errorf("%s is not served", name)
		}
	}
}
