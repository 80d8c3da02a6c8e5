package pagestest

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed testdata/xss.txt
var corpus string

// Payloads are texts that try to be more than text.
func Payloads() (all []string) {
	for _, row := range strings.Split(strings.TrimSpace(corpus), "\n") {
		switch text, err := strconv.Unquote(row); {
		case strings.HasPrefix(row, "# "):
		case err == nil && row[0] == '"':
			all = append(all, text)
		default:
			all = append(all, row)
		}
	}
	return all
}
