package e2e

import (
	"os"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// bundle makes one script of a published package, as a shop's own build would.
func bundle(t *testing.T, entry string) string {
	t.Helper()
	result := api.Build(api.BuildOptions{EntryPoints: []string{entry}, Bundle: true, Format: api.FormatIIFE, Platform: api.PlatformBrowser})
	if len(result.Errors) > 0 {
		t.Fatal(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}))
	}
	return string(result.OutputFiles[0].Contents)
}

func file(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
