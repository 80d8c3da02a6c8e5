package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
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

// Two copies of the sources, in folders of different names and depths, give
// the same bytes.
func TestBuildDependsOnTheSourcesAlone(t *testing.T) {
	here, there := copyWeb(t), filepath.Join(t.TempDir(), "some", "deeper", "folder")
	if err := os.CopyFS(there, os.DirFS(here)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(mustBuild(t, here), mustBuild(t, there)); diff != "" {
		t.Errorf("the same sources elsewhere:\n%s", diff)
	}
}

func TestDistIsCurrent(t *testing.T) {
	if err := run("web", true, nil); err != nil {
		t.Error(err)
	}
}

func TestDistHoldsWhatThemesAndPackagesNeed(t *testing.T) {
	want := []string{
		"README.md", "extension/assets/shapestoken.js", "extension/blocks/shapestoken.liquid", "extension/locales/de.schema.json",
		"extension/locales/en.default.schema.json", "extension/shopify.extension.toml", "index.mjs", "manifest.json", "package.json", "script.d.ts", "sections/shapestoken.liquid", "shapestoken.d.ts",
		"shapestoken.js", "shapestoken.js.map", "shapestoken.liquid", "shapestoken.mjs", "shapestoken.mjs.map", "stub.js",
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
		if bytes.Contains(data, []byte("@VERSION@")) || bytes.Contains(data, []byte("@INTEGRITY@")) || bytes.Contains(data, []byte("@SNIPPET@")) {
			t.Errorf("%s has a place that was not filled in", name)
		}
	}
}

// The theme app extension is the same snippet, but for where its secret stands,
// and the same script.
func TestExtensionIsTheSnippet(t *testing.T) {
	built := mustBuild(t, copyWeb(t))
	block := string(built["extension/blocks/shapestoken.liquid"])
	_, snippet, _ := strings.Cut(string(built["shapestoken.liquid"]), "{% enddoc %}")
	if !strings.Contains(block, strings.ReplaceAll(strings.TrimSpace(snippet), "shop.metafields", "app.metafields")) {
		t.Error("the block is not the snippet")
	}
	if strings.Contains(block, "shop.metafields") || !bytes.Equal(built["extension/assets/shapestoken.js"], built["shapestoken.js"]) {
		t.Error("the block reads the shop's metafields, or the script is another one")
	}
}

// A snippet that reads the secret elsewhere has to be looked at by a person.
func TestSnippetThatDoesNotFit(t *testing.T) {
	for name, snippet := range map[string]string{
		"no doc":          "{{ shop.metafields.omneo.id_secret.value | default: shop.metafields.omneo.id_secret }}",
		"one secret":      "{% enddoc %}\n{{ shop.metafields.omneo.id_secret }}",
		"another way":     "{% enddoc %}\n{{ shop.metafields['omneo'].id_secret }}",
		"once more":       "{% enddoc %}\n" + strings.Repeat("{{ shop.metafields.omneo.id_secret }}", 3),
		"no place for it": "{% enddoc %}\n" + strings.Repeat("{{ shop.metafields.omneo.id_secret }}", 2),
	} {
		block := "@SNIPPET@"
		if name == "no place for it" {
			block = ""
		}
		if extend(dist{"shapestoken.liquid": []byte(snippet), "extension/blocks/shapestoken.liquid": []byte(block)}) == nil {
			t.Errorf("%s: it fits", name)
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

// Each budget is held by itself, and to the byte.
func TestBudgets(t *testing.T) {
	much := noise(4000)
	over := check(dist{"shapestoken.js": much, "shapestoken.mjs": much, "stub.js": much[:201], "README.md": much, "extension/assets/shapestoken.js": noise(10001)})
	sizes := regexp.MustCompile(`\d+ bytes (gzipped|in brotli)`)
	want := `extension/assets/shapestoken.js has 10001 bytes; the budget is 10000
shapestoken.js has N bytes gzipped; the budget is 3000
shapestoken.js has N bytes in brotli; the budget is 2700
shapestoken.mjs has N bytes gzipped; the budget is 3000
shapestoken.mjs has N bytes in brotli; the budget is 2700
stub.js has 201 bytes; the budget is 200`
	if diff := cmp.Diff(want, sizes.ReplaceAllString(fmt.Sprint(over), "N bytes $1")); diff != "" {
		t.Error(diff)
	}
	if err := check(dist{"stub.js": much[:200], "extension/assets/shapestoken.js": noise(10000)}); err != nil {
		t.Error(err)
	}
}

func TestOverBudgetFails(t *testing.T) {
	web := copyWeb(t)
	replace(t, web, "theme-snippet/snippet.ts", "console.log('"+string(noise(4*3000))+"')")
	if _, err := build(web); err == nil || !strings.Contains(err.Error(), "the budget is 3000") {
		t.Errorf("got %v, want an error about the budget", err)
	}
}

// noise is text that hardly compresses below three quarters of its length.
func noise(length int) []byte {
	var words []byte
	for n := 0; len(words) < length; n++ {
		words = append(words, integrity([]byte{byte(n), byte(n >> 8)})[7:11]...)
	}
	return words[:length]
}

// In brotli it is the figure of the reference encoder (quality 11, window 22);
// gzip is as good as zlib's best, which is 2928, give or take a release of Go.
func TestMeasuredAtTheirBest(t *testing.T) {
	var numbers strings.Builder
	for n := range 1000 {
		fmt.Fprintln(&numbers, n*n)
	}
	if got := measure([]byte(numbers.String())); got.brotli != 2605 || got.gzip > 2950 {
		t.Errorf("got %+v", got)
	}
}

// A page may hold it as it is: <script>...</script>, under a policy with its hash.
func TestStubIsOneLineToPaste(t *testing.T) {
	stub := string(mustBuild(t, "web")["stub.js"])
	if stub == "" || strings.ContainsAny(stub, "\n<") || strings.Contains(stub, "/*") || strings.TrimSpace(stub) != stub {
		t.Errorf("%q", stub)
	}
}

func TestSourceMapsAreHiddenAndWhole(t *testing.T) {
	built := mustBuild(t, "web")
	for _, name := range []string{"shapestoken.js", "shapestoken.mjs"} {
		if bytes.Contains(built[name], []byte("sourceMappingURL")) {
			t.Errorf("%s names its map", name)
		}
		var list struct{ Sources, SourcesContent []string }
		if err := json.Unmarshal(built[name+".map"], &list); err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, source := range list.Sources {
			text, err := os.ReadFile(filepath.Join("web", "dist", source))
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			want = append(want, string(text))
		}
		if diff := cmp.Diff(want, list.SourcesContent); diff != "" || len(want) == 0 {
			t.Errorf("%s: %d sources\n%s", name, len(want), diff)
		}
	}
}

// What the build shortens is nobody else's: none of it stands in the types, or
// in the marker that themes render.
func TestPrivateNamesAreOurs(t *testing.T) {
	built := mustBuild(t, "web")
	comments := regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	names := regexp.MustCompile(strings.NewReplacer("^", `\b`, "$", `\b`).Replace(private))
	if found := names.FindAllString(comments.ReplaceAllString(string(built["shapestoken.d.ts"]), ""), -1); found != nil {
		t.Errorf("in the types: %v", found)
	}
	attributes := regexp.MustCompile(`data-[a-z]+`).FindAllString(string(built["shapestoken.liquid"]), -1)
	if found := names.FindAllString(strings.Join(attributes, " "), -1); found != nil || attributes == nil {
		t.Errorf("in the marker: %v", found)
	}
}

// Browsers of 2020 read every script, also when a source is written in what came later.
func TestScriptsAreES2020(t *testing.T) {
	web := copyWeb(t)
	replace(t, web, "theme-snippet/snippet.ts", "class A { #a = 1; static b = this; c(o: A) { o.#a ||= 1_0 } }; new A().c(new A())")
	for where, built := range map[string]dist{"as it is": mustBuild(t, "web"), "with newer syntax": mustBuild(t, web)} {
		for name := range bundles {
			if lowered(t, built[name], api.ES2020) != lowered(t, built[name], api.ESNext) {
				t.Errorf("%s, %s: newer than ES2020", where, name)
			}
		}
	}
}

func lowered(t *testing.T, script []byte, to api.Target) string {
	t.Helper()
	result := api.Transform(string(script), api.TransformOptions{Target: to})
	if len(result.Errors) > 0 {
		t.Fatal(result.Errors)
	}
	return string(result.Code)
}

func TestBrokenSourceFails(t *testing.T) {
	web := copyWeb(t)
	replace(t, web, "sdk/index.ts", "export const = 1")
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
	for _, want := range []string{"bytes", "gzip", "brotli", "a.js", integrity(nil)} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// copyWeb gives a copy of the sources that a test may spoil.
func copyWeb(t *testing.T) string {
	t.Helper()
	web := t.TempDir()
	for _, folder := range []string{"npm", "sdk", "theme-snippet"} {
		if err := os.CopyFS(filepath.Join(web, folder), os.DirFS(filepath.Join("web", folder))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(web, "VERSION"), []byte("9.9.9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return web
}

func replace(t *testing.T, web, source, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(web, source), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
