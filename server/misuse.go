package main

import (
	"strings"

	"github.com/alecthomas/kong"
)

// withoutSecrets is an error of the command line without what may be a secret
// that was typed where none belongs: it would go on into somebody's log.
func withoutSecrets(err *kong.ParseError) string {
	text := err.Error()
	if selected := err.Context.Selected(); selected != nil && selected.Leaf() && strings.HasPrefix(text, "unexpected argument ") {
		return "there is an argument too many. It is not shown, for it may be a secret: those come from stdin or the environment"
	}
	if flag, _, found := strings.Cut(text, ": bool value must be "); found {
		return flag + " takes no value"
	}
	return text
}
