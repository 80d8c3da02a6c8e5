// Package web holds the browser's side of shapestoken as the build left it in
// dist: the script, its types, the theme snippet and their checksums.
package web

import (
	"embed"
	"strings"
)

// Dist holds the folder dist. Its manifest.json lists every other file in it.
//
//go:embed dist
var Dist embed.FS

// Releases holds the scripts of earlier releases, a folder each: snippets in
// themes go on naming them.
//
//go:embed releases
var Releases embed.FS

//go:embed VERSION
var version string

// Version is the version of what is in Dist, such as "0.1.0".
var Version = strings.TrimSpace(version)
