// Command build bundles the browser's side, web/sdk and web/theme-snippet, into
// web/dist. Run it at the root of the repository:
//
//	go run build.go          # write web/dist and print sizes and checksums
//	go run build.go -check   # write nothing; fail if web/dist is not current
//
// The same sources give the same bytes, so web/dist can be committed and checked.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/evanw/esbuild/pkg/api"
)

// budget is how many bytes, gzipped, the script of a storefront may have.
const budget = 3000

// dist is the content of web/dist: slash-separated name to bytes.
type dist map[string][]byte

// copies are the files that only have the version and the checksum put in.
var copies = map[string]string{
	"shapestoken.d.ts":            "sdk/shapestoken.d.ts",
	"shapestoken.liquid":          "theme-snippet/shapestoken.liquid",
	"sections/shapestoken.liquid": "theme-snippet/sections/shapestoken.liquid",
}

func main() {
	check := flag.Bool("check", false, "write nothing; fail if web/dist is not current")
	flag.Parse()
	if err := run("web", *check, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(web string, check bool, out io.Writer) error {
	built, err := build(web)
	if err != nil {
		return err
	}
	target := filepath.Join(web, "dist")
	if check {
		return compare(target, built)
	}
	if err := write(target, built); err != nil {
		return err
	}
	return table(out, built)
}

// build makes everything in memory. It fails if the script is over its budget.
func build(web string) (dist, error) {
	text, err := os.ReadFile(filepath.Join(web, "VERSION"))
	if err != nil {
		return nil, err
	}
	version := strings.TrimSpace(string(text))
	built := dist{}
	if err := bundle(built, web, version); err != nil {
		return nil, err
	}
	if err := stamp(built, web, version); err != nil {
		return nil, err
	}
	return built, manifest(built, version)
}

func bundle(built dist, web, version string) error {
	script, err := esbuild(filepath.Join(web, "theme-snippet/snippet.ts"), version, api.FormatIIFE)
	if err != nil {
		return err
	}
	module, err := esbuild(filepath.Join(web, "sdk/index.ts"), version, api.FormatESModule)
	if err != nil {
		return err
	}
	built["shapestoken.js"], built["shapestoken.mjs"] = script, module
	if size := zipped(script); size > budget {
		return fmt.Errorf("shapestoken.js has %d bytes gzipped; the budget is %d", size, budget)
	}
	return nil
}

func esbuild(entry, version string, format api.Format) ([]byte, error) {
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{entry},
		Bundle:            true,
		Format:            format,
		Target:            api.ES2020,
		Platform:          api.PlatformBrowser,
		TsconfigRaw:       "{}",
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Banner:            map[string]string{"js": "/* shapestoken " + version + " */"},
		Define:            map[string]string{"SHAPESTOKEN_VERSION": fmt.Sprintf("%q", version)},
		LogLevel:          api.LogLevelSilent,
	})
	if messages := append(result.Errors, result.Warnings...); len(messages) > 0 {
		return nil, errors.New(strings.Join(api.FormatMessages(messages, api.FormatMessagesOptions{}), ""))
	}
	return result.OutputFiles[0].Contents, nil
}

func stamp(built dist, web, version string) error {
	fill := strings.NewReplacer("@VERSION@", version, "@INTEGRITY@", integrity(built["shapestoken.js"]))
	for name, source := range copies {
		text, err := os.ReadFile(filepath.Join(web, filepath.FromSlash(source)))
		if err != nil {
			return err
		}
		built[name] = []byte(fill.Replace(string(text)))
	}
	return nil
}

// manifest lists the files that are there so far, in a manifest.json of their
// own. It says nothing of their compressed size, which differs between releases of Go.
func manifest(built dist, version string) error {
	type file struct {
		Name string `json:"name"`
		Size int    `json:"size"`
		SRI  string `json:"sri"`
	}
	list := struct {
		Version string `json:"version"`
		Files   []file `json:"files"`
	}{Version: version}
	for _, name := range slices.Sorted(maps.Keys(built)) {
		data := built[name]
		list.Files = append(list.Files, file{name, len(data), integrity(data)})
	}
	text, err := json.MarshalIndent(list, "", "  ")
	built["manifest.json"] = append(text, '\n')
	return err
}

// integrity is what W3C's Subresource Integrity wants in an integrity attribute.
func integrity(data []byte) string {
	sum := sha512.Sum384(data)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

func zipped(data []byte) int {
	var size bytes.Buffer
	// The level is a constant, and a buffer takes all it is given: no error can come.
	w, _ := gzip.NewWriterLevel(&size, gzip.BestCompression)
	_, _ = w.Write(data)
	_ = w.Close()
	return size.Len()
}

// write makes the folder hold exactly what was built.
func write(target string, built dist) error {
	if err := os.RemoveAll(target); err != nil {
		return err
	}
	for name, data := range built {
		path := filepath.Join(target, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// compare names every file that is missing, different or too many in the folder.
func compare(target string, built dist) error {
	there, err := read(target)
	if err != nil {
		return err
	}
	var stale []string
	for name, data := range built {
		if old, ok := there[name]; !ok || !bytes.Equal(old, data) {
			stale = append(stale, name)
		}
		delete(there, name)
	}
	stale = slices.Sorted(slices.Values(append(stale, slices.Collect(maps.Keys(there))...)))
	if len(stale) > 0 {
		return fmt.Errorf("web/dist is not current (run: go run build.go): %s", strings.Join(stale, ", "))
	}
	return nil
}

func read(target string) (dist, error) {
	found := dist{}
	err := filepath.WalkDir(target, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(target, path)
		if err != nil {
			return err
		}
		found[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	return found, err
}

func table(out io.Writer, built dist) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "file\tbytes\tgzip\tintegrity")
	for _, name := range slices.Sorted(maps.Keys(built)) {
		data := built[name]
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", name, len(data), zipped(data), integrity(data))
	}
	return w.Flush()
}
