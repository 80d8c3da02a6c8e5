package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustBuild(t *testing.T, web string) dist {
	t.Helper()
	built, err := build(web)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func TestTwoBuildsAreEqual(t *testing.T) {
	if diff := cmp.Diff(mustBuild(t, "web"), mustBuild(t, "web")); diff != "" {
		t.Errorf("two builds of the same sources differ:\n%s", diff)
	}
}

func TestDistIsCurrent(t *testing.T) {
	if err := run("web", true, nil); err != nil {
		t.Error(err)
	}
}

func TestDistHoldsWhatAThemeNeeds(t *testing.T) {
	want := []string{
		"manifest.json", "sections/shapestoken.liquid", "shapestoken.d.ts",
		"shapestoken.js", "shapestoken.liquid", "shapestoken.mjs",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(mustBuild(t, "web")))); diff != "" {
		t.Error(diff)
	}
}

func TestSnippetNamesTheScriptItWasBuiltWith(t *testing.T) {
	built := mustBuild(t, copyWeb(t))
	snippet := string(built["shapestoken.liquid"])
	for _, want := range []string{integrity(built["shapestoken.js"]), "/sdk/9.9.9/shapestoken.js", `data-shapestoken="9.9.9"`} {
		if !strings.Contains(snippet, want) {
			t.Errorf("shapestoken.liquid does not contain %q", want)
		}
	}
	for name, data := range built {
		if bytes.Contains(data, []byte("@VERSION@")) || bytes.Contains(data, []byte("@INTEGRITY@")) {
			t.Errorf("%s has a place that was not filled in", name)
		}
	}
}

func TestManifestDescribesEveryOtherFile(t *testing.T) {
	built := mustBuild(t, copyWeb(t))
	var list struct {
		Version string
		Files   []struct {
			Name, SRI string
			Size      int
		}
	}
	if err := json.Unmarshal(built["manifest.json"], &list); err != nil {
		t.Fatal(err)
	}
	if list.Version != "9.9.9" || len(list.Files) != len(built)-1 {
		t.Errorf("version %q with %d files", list.Version, len(list.Files))
	}
	for _, file := range list.Files {
		data := built[file.Name]
		if file.Size != len(data) || file.SRI != integrity(data) {
			t.Errorf("the manifest is wrong about %s", file.Name)
		}
	}
}

// The value is the one of an empty file, as any SRI generator gives it.
func TestIntegrity(t *testing.T) {
	const want = "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb"
	if got := integrity(nil); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestScriptOverBudgetFails(t *testing.T) {
	web := copyWeb(t)
	var words strings.Builder
	for n := range 4 * budget {
		words.WriteString(integrity([]byte{byte(n), byte(n >> 8)})[7:11])
	}
	entry := filepath.Join(web, "theme-snippet", "snippet.ts")
	if err := os.WriteFile(entry, []byte("console.log('"+words.String()+"')"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := build(web); err == nil || !strings.Contains(err.Error(), "budget") {
		t.Errorf("got %v, want an error about the budget", err)
	}
}

func TestBrokenSourceFails(t *testing.T) {
	web := copyWeb(t)
	if err := os.WriteFile(filepath.Join(web, "sdk", "index.ts"), []byte("export const = 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := build(web); err == nil || !strings.Contains(err.Error(), "index.ts") {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

func TestCheckNamesWhatDiffers(t *testing.T) {
	web := copyWeb(t)
	if err := run(web, false, new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	if err := run(web, true, nil); err != nil {
		t.Fatalf("just built, and yet: %v", err)
	}
	target := filepath.Join(web, "dist")
	spoil(t, target)
	err := run(web, true, nil)
	if err == nil {
		t.Fatal("nothing was found to differ")
	}
	want := "web/dist is not current (run: go run build.go): old.js, shapestoken.d.ts, shapestoken.js"
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
	if err := run(web, false, new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	if err := run(web, true, nil); err != nil {
		t.Errorf("built again, and yet: %v", err)
	}
}

// spoil changes one file, removes one and adds one.
func spoil(t *testing.T, target string) {
	t.Helper()
	for _, err := range []error{
		os.WriteFile(filepath.Join(target, "shapestoken.js"), []byte("stale"), 0o600),
		os.Remove(filepath.Join(target, "shapestoken.d.ts")),
		os.WriteFile(filepath.Join(target, "old.js"), nil, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTableShowsSizesAndChecksums(t *testing.T) {
	var out bytes.Buffer
	if err := table(&out, dist{"a.js": nil}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"bytes", "gzip", "a.js", integrity(nil)} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// copyWeb gives a copy of the sources that a test may spoil.
func copyWeb(t *testing.T) string {
	t.Helper()
	web := t.TempDir()
	for _, folder := range []string{"sdk", "theme-snippet"} {
		if err := os.CopyFS(filepath.Join(web, folder), os.DirFS(filepath.Join("web", folder))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(web, "VERSION"), []byte("9.9.9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return web
}
