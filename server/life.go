package main

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// life is how long something lives, in whole seconds, or broker.Forever. Beside
// what Go reads, people may write days, and never for no end.
type life time.Duration

const (
	day      = 24 * time.Hour
	mostLife = 100 * 365 * day // what is longer is never
)

var errLife = errors.New("a time is such as 15m, 24h or 90d, up to a hundred years, or never")

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *life) UnmarshalText(text []byte) error {
	if string(text) == "never" {
		*l = life(broker.Forever)
		return nil
	}
	d, err := readLife(string(text))
	if err != nil || d < time.Second || d > mostLife {
		return errLife
	}
	*l = life(d.Truncate(time.Second))
	return nil
}

func readLife(text string) (time.Duration, error) {
	days, found := strings.CutSuffix(text, "d")
	if !found {
		return time.ParseDuration(text)
	}
	n, err := strconv.ParseUint(days, 10, 16)
	return time.Duration(n) * day, err
}

// String is never, or what Go writes.
func (l life) String() string {
	if l == life(broker.Forever) {
		return "never"
	}
	return time.Duration(l).String()
}

// text is for people.
func (l life) text() string {
	if l == life(broker.Forever) {
		return l.String()
	}
	return span(time.Duration(l))
}
