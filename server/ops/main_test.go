package ops

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"unsafe"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pipe is what a log is written to: it can be stopped, and broken.
type pipe struct {
	mu      sync.Mutex
	written bytes.Buffer
	writes  int
	err     error         // what Write says instead of writing
	stop    chan struct{} // nil, or Write waits for it to be closed
}

func (p *pipe) Write(b []byte) (int, error) {
	if p.stop != nil {
		<-p.stop
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writes++
	if p.err != nil {
		return 0, p.err
	}
	return p.written.Write(b)
}

func (p *pipe) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.written.String()
}

func (p *pipe) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

// objects decodes lines, and fails if one is not a single JSON object.
func objects(tb testing.TB, text string) (all []map[string]any) {
	tb.Helper()
	for line := range bytes.Lines([]byte(text)) {
		var o map[string]any
		if err := json.Unmarshal(line, &o); err != nil {
			tb.Fatalf("%q: %v", line, err)
		}
		all = append(all, o)
	}
	return all
}

// logged is what is written when attrs are logged.
func logged(tb testing.TB, attrs ...slog.Attr) string {
	tb.Helper()
	var p pipe
	log, flush := NewLogger(&p, slog.LevelDebug)
	log.LogAttrs(context.Background(), slog.LevelInfo, "message", attrs...)
	flush()
	return p.String()
}

// asString is a string that changes when b does.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
