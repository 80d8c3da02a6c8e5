package main

import (
	"runtime"

	"github.com/shapestoken/shapestoken/web"
)

type versionCommand struct{}

// Run prints the release and the Go it was built with.
func (versionCommand) Run(a *app) error {
	return a.print(map[string]string{"version": release(), "go": runtime.Version()}, "shapestoken "+release()+" "+runtime.Version())
}

// release is the one version of service, script and snippet.
func release() string { return web.Version }
