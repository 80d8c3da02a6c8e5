package ops

import (
	"log/slog"
	"strings"
)

const redacted = "[redacted]"

// redactRecord returns r itself where there is nothing to hide, as in nearly
// every line.
func redactRecord(r slog.Record, hidden bool) slog.Record {
	look := hidden
	r.Attrs(func(a slog.Attr) bool {
		look = look || composed(a.Value) || telling(a.Key)
		return !look
	})
	if !look {
		return r
	}
	clean := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(redact(a, hidden))
		return true
	})
	return clean
}

// composed tells whether a value may have names of its own inside.
func composed(v slog.Value) bool {
	return v.Kind() == slog.KindGroup || v.Kind() == slog.KindLogValuer
}

func redactAll(attrs []slog.Attr, hidden bool) []slog.Attr {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = redact(a, hidden)
	}
	return clean
}

// redact hides the value under a telling name, or all values in a group with one.
func redact(a slog.Attr, hidden bool) slog.Attr {
	a.Value = a.Value.Resolve()
	hidden = hidden || telling(a.Key)
	if a.Value.Kind() == slog.KindGroup {
		a.Value = slog.GroupValue(redactAll(a.Value.Group(), hidden)...)
	} else if hidden {
		a.Value = slog.StringValue(redacted)
	}
	return a
}

// telling finds a secret's name anywhere in name, in upper or lower case. It
// runs for every attribute of every line, so it compares only where a first
// letter fits.
func telling(name string) bool {
	for i := range len(name) {
		rest := name[i:]
		switch name[i] | 0x20 { // lower case
		case 's':
			if begins(rest, "secret") || begins(rest, "signature") {
				return true
			}
		case 't':
			if begins(rest, "token") {
				return true
			}
		case 'p':
			if begins(rest, "password") {
				return true
			}
		case 'a':
			if begins(rest, "authorization") {
				return true
			}
		case 'c':
			if begins(rest, "cookie") {
				return true
			}
		}
	}
	return false
}

func begins(s, word string) bool {
	return len(s) >= len(word) && strings.EqualFold(s[:len(word)], word)
}
