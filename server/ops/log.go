package ops

import (
	"context"
	"io"
	"log/slog"
)

// NewLogger returns a logger that writes JSON, one object a line, to w without
// ever waiting for it: lines are gathered and written every 100 ms, at 32 KiB,
// right after one of level error, and by flush. If w is so slow that 2 MiB are
// waiting, further lines are dropped; [Dropped] counts them, and a line says how
// many were lost.
//
// A value cannot forge a line or command a terminal: everything that is not a
// printable character comes out escaped. An attribute or group whose name
// speaks of a secret, token, signature, password, authorization or cookie comes
// out as "[redacted]"; this is a second net behind secret.Text, and it cannot
// see into a struct or a map.
//
// Call flush before the program ends. It returns when all lines logged before
// are written, or after two seconds if w takes nothing.
func NewLogger(w io.Writer, level slog.Level) (_ *slog.Logger, flush func()) {
	s := newSpool(w)
	lines := slog.NewJSONHandler(s, &slog.HandlerOptions{Level: level})
	return slog.New(handler{lines: lines, spool: s}), s.flush
}

// Dropped says how many lines a logger made by [NewLogger] has lost so far. It
// is zero for any other logger.
func Dropped(log *slog.Logger) int64 {
	if h, ours := log.Handler().(handler); ours {
		return h.spool.dropped.Load()
	}
	return 0
}

// handler redacts before lines are made and hurries them on after an error.
// (slog's ReplaceAttr would do for the first, but a line would take nearly twice the time.)
type handler struct {
	lines  slog.Handler
	spool  *spool
	hidden bool // a group that is open has a telling name
}

// Enabled implements slog.Handler.
func (h handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.lines.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	err := h.lines.Handle(ctx, redactRecord(r, h.hidden))
	if r.Level >= slog.LevelError {
		h.spool.hurry()
	}
	return err
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	h.lines = h.lines.WithAttrs(redactAll(attrs, h.hidden))
	return h
}

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler {
	h.lines = h.lines.WithGroup(name)
	h.hidden = h.hidden || telling(name)
	return h
}
