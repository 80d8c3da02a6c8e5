package main

import (
	gobuild "go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/shapestoken/shapestoken"

// rooms says what of ours each folder may import: dependencies point one way,
// and adapters never import each other (docs/architecture.md). A folder that is
// not here is not part of the house.
var rooms = map[string][]string{
	".":                          nil, // build.go
	"hmac":                       {},
	"web":                        {},
	"server":                     nil, // main wires: it may import everything
	"server/secret":              {},
	"server/broker":              {"server/secret"},
	"server/proof":               {"hmac", "server/broker", "server/secret"},
	"server/token":               {"server/broker", "server/secret"},
	"server/hash":                {"server/secret"},
	"server/seal":                {"server/broker"},
	"server/store":               {"hmac", "server/broker", "server/secret"},
	"server/store/storetest":     {"hmac", "server/broker", "server/secret", "server/store"},
	"server/registry":            {"server/broker"},
	"server/limit":               {"server/broker"},
	"server/seen":                {"server/broker"},
	"server/audit":               {"server/broker"},
	"server/usage":               {"server/broker"},
	"server/upkeep":              {},
	"server/inbox":               {"hmac", "server/broker"},
	"server/rotation":            {"server/broker", "server/secret", "server/shopify"},
	"server/outbound":            {},
	"server/firebase":            {"server/broker", "server/secret"},
	"server/setup":               {"server/broker"},
	"server/keyset":              {"server/broker"},
	"server/shopify":             {"hmac", "server/secret"},
	"server/shopify/shopifytest": {"hmac"},
	"server/api":                 {"server/broker", "server/pages", "server/secret"},
	"server/pages":               {},
	"server/pages/pagestest":     {"server/pages"},
	"server/pages/gallery":       {"server/pages", "server/pages/pagestest"},
	"server/ops":                 {"server/broker"},
	"server/demo":                {"hmac", "server/secret"},
	"server/doctor":              {"hmac", "server/secret"},
}

// owners are the only rooms that may import a library: whoever wants to change
// it looks in one place.
var owners = map[string][]string{
	"github.com/gofiber/fiber":               {"server/api"},
	"github.com/valyala/fasthttp":            {"server/api"},
	"github.com/rs/cors":                     {"server/api"},
	"github.com/go-json-experiment/json":     {"server/api"},
	"github.com/golang-jwt/jwt":              {"server/token", "server/proof"},
	"github.com/tink-crypto/tink-go":         {"server/seal"},
	"golang.org/x/crypto/argon2":             {"server/hash"},
	"database/sql":                           {"server/store", "server/store/storetest"},
	"database/sql/driver":                    {"server/secret", "server/store", "server/store/storetest"},
	"modernc.org/sqlite":                     {"server/store"},
	"github.com/jackc/pgx":                   {"server/store"},
	"github.com/pressly/goose":               {"server/store"},
	"github.com/prometheus/client_golang":    {"server/ops"},
	"golang.org/x/time":                      {"server/limit"},
	"github.com/hashicorp/golang-lru":        {"server/limit", "server/keyset"},
	"github.com/osteele/liquid":              {"server/demo"},
	"github.com/vektah/gqlparser":            {"server/shopify/shopifytest"}, // for tests: it plays Shopify
	"github.com/alecthomas/kong":             {"server"},
	"golang.org/x/net/html":                  {"server/doctor"},
	"github.com/BurntSushi/toml":             {"server"},
	"github.com/evanw/esbuild":               {"."},
	"github.com/molecule-man/go-brrr":        {"."},
	"math/rand":                              {"server/registry", "server/upkeep", "server/shopify", "server/rotation"}, // when to look again; never what nobody may guess
	"text/template":                          {},
	"encoding/gob":                           {},
	"github.com/google/uuid":                 {},
	"github.com/gofiber/fiber/v2/middleware": {},
}

// standardOnly are for everyone to import, or at the heart of it all.
var standardOnly = []string{"hmac", "web", "server/secret", "server/broker", "server/pages"}

func TestImports(t *testing.T) {
	found := packages(t)
	for room := range rooms {
		if _, there := found[room]; !there {
			t.Errorf("%s is in the list and not in the house", room)
		}
	}
	for room, imports := range found {
		allowed, known := rooms[room]
		if !known {
			t.Errorf("%s is in the house and not in the list", room)
		}
		for _, path := range imports {
			ours, isOurs := strings.CutPrefix(path, module+"/")
			switch {
			case isOurs && allowed != nil && !slices.Contains(allowed, ours):
				t.Errorf("%s may not import %s", room, ours)
			case !isOurs && strings.Contains(strings.SplitN(path, "/", 2)[0], ".") && slices.Contains(standardOnly, room):
				t.Errorf("%s imports %s: the standard library only", room, path)
			}
			if owner := ownerOf(path); owner != nil && !slices.Contains(owner, room) {
				t.Errorf("%s imports %s, which is for %v only", room, path, owner)
			}
		}
	}
}

// ownerOf returns who may import path, by the longest prefix; nil: everyone.
func ownerOf(path string) (owner []string) {
	longest := ""
	for prefix, rooms := range owners {
		if (path == prefix || strings.HasPrefix(path, prefix+"/")) && len(prefix) > len(longest) {
			longest, owner = prefix, rooms
		}
	}
	return owner
}

// packages are the folders with Go code, and what that code (tests apart) imports.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(".", func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if otherModules[dir] || dir != "." && strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata" {
			return filepath.SkipDir
		}
		p, err := gobuild.ImportDir(dir, 0)
		if _, empty := err.(*gobuild.NoGoError); empty {
			return nil
		}
		found[filepath.ToSlash(dir)] = p.Imports
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

var otherModules = map[string]bool{"e2e": true, "bench": true}
