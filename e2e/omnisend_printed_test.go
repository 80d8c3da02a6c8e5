package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var headerLine = regexp.MustCompile(`^([A-Za-z-]+): (.*)$`)

// printedRequest is a request as documents print it: where it goes, headers, and
// the body; what begins with & goes on with the line before.
func printedRequest(t *testing.T, text string) *http.Request {
	t.Helper()
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(text), "\n&", "&"), "\n")
	method, address, _ := strings.Cut(lines[0], " ")
	header, body := http.Header{}, ""
	for _, line := range lines[1:] {
		if found := headerLine.FindStringSubmatch(line); found != nil {
			header.Set(found[1], found[2])
			continue
		}
		body += line
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	return r
}
