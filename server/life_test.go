package main

import (
	"testing"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

func TestLife(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"15m": 15 * time.Minute, "1h30m": 90 * time.Minute, "90d": 90 * 24 * time.Hour, "1d": 24 * time.Hour, "1s": time.Second,
		"1.9s": time.Second, "36500d": mostLife, "876000h": mostLife, "never": broker.Forever,
		"": 0, "0": 0, "0d": 0, "0s": 0, "0.9s": 0, "-1h": 0, "-1d": 0, "+1d": 0, "d": 0, "1.5d": 0, "1D": 0, "1d12h": 0, "Never": 0, "ever": 0, "90": 0,
		"36501d": 0, "876001h": 0, "65535d": 0, "106752d": 0, "99999999999d": 0, "1e3d": 0, " 1d": 0, "1d ": 0,
	} {
		var l life
		if err := l.UnmarshalText([]byte(text)); time.Duration(l) != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %s, %v, want %s", text, time.Duration(l), err, want)
		}
	}
	for l, want := range map[life][2]string{
		life(broker.Forever): {"never", "never"}, life(90 * day): {"2160h0m0s", "90 days"}, life(time.Hour): {"1h0m0s", "1h"},
	} {
		if got := [2]string{l.String(), l.text()}; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
