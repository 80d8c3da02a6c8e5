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
	brrr "github.com/molecule-man/go-brrr"
)

// A budget is how many bytes a file may have, as it is and compressed; 0 means
// as many as it likes.
type budget struct{ raw, gzip, brotli int }

// budgets fail the build when they are exceeded: shoppers pay for every byte.
var budgets = map[string]budget{
	"shapestoken.js":  {gzip: 3000, brotli: 2700},
	"shapestoken.mjs": {gzip: 3000, brotli: 2700},
	"stub.js":         {raw: 200},
	// Shopify's own limit for what an app brings into a theme.
	"extension/assets/shapestoken.js": {raw: 10000},
}

// private are the names of properties that only the script itself ever uses:
// the build shortens them. None may be part of what a page sees or a browser
// offers, for which a test looks.
const private = "^(accept|clock|due|enter|held|jwt|lasting|problem|settle|who)$"

// A bundle is one script. An inline one, which is pasted into pages, is just
// its code: it has no source map.
type bundle struct {
	entry  string
	format api.Format
	inline bool
}

var bundles = map[string]bundle{
	"shapestoken.js":  {entry: "theme-snippet/snippet.ts", format: api.FormatIIFE},
	"shapestoken.mjs": {entry: "sdk/index.ts", format: api.FormatESModule},
	"stub.js":         {entry: "theme-snippet/stub.ts", format: api.FormatIIFE, inline: true},
}

// dist is the content of web/dist: slash-separated name to bytes.
type dist map[string][]byte

// copies are the files that only have the version and the checksum put in.
var copies = map[string]string{
	"shapestoken.d.ts":            "sdk/shapestoken.d.ts",
	"shapestoken.liquid":          "theme-snippet/shapestoken.liquid",
	"sections/shapestoken.liquid": "theme-snippet/sections/shapestoken.liquid",
	"index.mjs":                   "npm/index.mjs",
	"package.json":                "npm/package.json",
	"README.md":                   "npm/README.md",
	"script.d.ts":                 "npm/script.d.ts",

	"extension/shopify.extension.toml":         "theme-snippet/extension/shopify.extension.toml",
	"extension/blocks/shapestoken.liquid":      "theme-snippet/extension/blocks/shapestoken.liquid",
	"extension/locales/en.default.schema.json": "theme-snippet/extension/locales/en.default.schema.json",
	"extension/locales/de.schema.json":         "theme-snippet/extension/locales/de.schema.json",
}

func main() {
	check := flag.Bool("check", false, "write nothing; fail if web/dist is not current")
	flag.Parse()
	if err := run("web", *check, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(web string, onlyCheck bool, out io.Writer) error {
	built, err := build(web)
	if err != nil {
		return err
	}
	target := filepath.Join(web, "dist")
	if onlyCheck {
		return compare(target, built)
	}
	if err := write(target, built); err != nil {
		return err
	}
	return table(out, built)
}

// build makes everything in memory. It fails if a file is over its budget.
func build(web string) (dist, error) {
	text, err := os.ReadFile(filepath.Join(web, "VERSION"))
	if err != nil {
		return nil, err
	}
	version := strings.TrimSpace(string(text))
	built := dist{}
	for name, script := range bundles {
		if err := script.build(built, web, name, version); err != nil {
			return nil, err
		}
	}
	if err := stamp(built, web, version); err != nil {
		return nil, err
	}
	if err := extend(built); err != nil {
		return nil, err
	}
	return built, errors.Join(check(built), manifest(built, version))
}

// build adds the script and its source map. The map is hidden, which is to say
// that the script does not name it, and holds the sources themselves: whoever
// debugs a storefront gives it to their tools by hand.
func (b bundle) build(built dist, web, name, version string) error {
	root, err := filepath.Abs(web)
	if err != nil {
		return err
	}
	options := api.BuildOptions{
		AbsWorkingDir:     root, // all paths in the output are relative to it
		EntryPoints:       []string{b.entry},
		Outfile:           "dist/" + name,
		Bundle:            true,
		Format:            b.format,
		Target:            api.ES2020,
		Platform:          api.PlatformBrowser,
		TsconfigRaw:       "{}",
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Define:            map[string]string{"SHAPESTOKEN_VERSION": fmt.Sprintf("%q", version)},
		LogLevel:          api.LogLevelSilent,
	}
	if !b.inline {
		options.MangleProps = private
		options.Sourcemap = api.SourceMapExternal
	}
	result := api.Build(options)
	if messages := append(result.Errors, result.Warnings...); len(messages) > 0 {
		return errors.New(strings.Join(api.FormatMessages(messages, api.FormatMessagesOptions{}), ""))
	}
	for _, file := range result.OutputFiles {
		built[filepath.Base(file.Path)] = file.Contents
	}
	if b.inline {
		built[name] = bytes.TrimSpace(built[name])
	}
	return nil
}

// check says which files are over their budgets.
func check(built dist) error {
	var over []error
	for _, name := range slices.Sorted(maps.Keys(budgets)) {
		is, most := measure(built[name]), budgets[name]
		for _, size := range []struct {
			kind     string
			is, most int
		}{{"", is.raw, most.raw}, {" gzipped", is.gzip, most.gzip}, {" in brotli", is.brotli, most.brotli}} {
			if size.most > 0 && size.is > size.most {
				over = append(over, fmt.Errorf("%s has %d bytes%s; the budget is %d", name, size.is, size.kind, size.most))
			}
		}
	}
	return errors.Join(over...)
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

// Where the theme's secret stands, and where that of a theme app extension does.
const (
	themeSecret = "shop.metafields.omneo.id_secret"
	appSecret   = "app.metafields.omneo.id_secret"
)

// extend completes the theme app extension: its block is the snippet, with
// another secret, and it brings the script along.
func extend(built dist) error {
	const block = "extension/blocks/shapestoken.liquid"
	_, snippet, found := strings.Cut(string(built["shapestoken.liquid"]), "{% enddoc %}\n")
	if !found || strings.Count(snippet, themeSecret) != 2 || bytes.Count(built[block], []byte("@SNIPPET@")) != 1 {
		return errors.New("the snippet does not fit into the block of the theme app extension")
	}
	snippet = strings.ReplaceAll(strings.TrimSpace(snippet), themeSecret, appSecret)
	built[block] = bytes.Replace(built[block], []byte("@SNIPPET@"), []byte(snippet), 1)
	built["extension/assets/shapestoken.js"] = built["shapestoken.js"]
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

// measure compresses as hard as a server can.
func measure(data []byte) budget {
	var zipped, brotlied bytes.Buffer
	// The levels are constants, and a buffer takes all it is given: no error can come.
	z, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	b, _ := brrr.NewWriter(&brotlied, brrr.BestCompression)
	for _, w := range []io.WriteCloser{z, b} {
		_, _ = w.Write(data)
		_ = w.Close()
	}
	return budget{len(data), zipped.Len(), brotlied.Len()}
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
	fmt.Fprintln(w, "file\tbytes\tgzip\tbrotli\tintegrity")
	for _, name := range slices.Sorted(maps.Keys(built)) {
		size := measure(built[name])
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\n", name, size.raw, size.gzip, size.brotli, integrity(built[name]))
	}
	return w.Flush()
}
