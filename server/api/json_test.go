package api

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestMembers(t *testing.T) {
	for body, want := range map[string][4]string{
		`{}`:                                {},
		`{"id":1,"signature":"s"}`:          {"1", "s"},
		`{"id":"1","timestamp":1795200000}`: {"1", "", "", "1795200000"},
		`{"id":9007199254740993}`:           {"9007199254740993"},
		`{"id":1e3}`:                        {"1e3"},
		`{"id":1.0}`:                        {"1.0"},
		`{"id":null,"signature":null}`:      {},
		`{"id":"","shop":""}`:               {"", "", unreadable},
		`{"id":true,"signature":{},"shop":[],"timestamp":false}`: {"", "", unreadable, unreadable},
		`{"signature":1,"shop":1}`:                               {"", "", unreadable},
		`{"\u0069d":"\u0031"}`:                                   {"1"},
		`{"x":{"id":"2"},"id":"1"}`:                              {"1"},
	} {
		var m members
		if err := readObject([]byte(body), &m); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if got := [4]string{digits(m.ID), text(m.Signature), sent(m.Shop, text(m.Shop)), sent(m.Timestamp, digits(m.Timestamp))}; got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestDepth(t *testing.T) {
	for body, deep := range map[string]bool{
		`{"x":` + strings.Repeat("[", 7) + strings.Repeat("]", 7) + `}`: false,
		`{"x":` + strings.Repeat("[", 8) + strings.Repeat("]", 8) + `}`: true,
		`{"x":"` + strings.Repeat("[", 20) + `"}`:                       false,
		`{"x":"\"` + strings.Repeat("[", 20) + `"}`:                     false,
		`{"a":[],"b":[],"c":[],"d":[],"e":[],"f":[],"g":[],"h":[]}`:     false,
	} {
		if tooDeep([]byte(body)) != deep {
			t.Errorf("%s: want %v", body, deep)
		}
	}
}

// What is accepted is what every other reader sees: one id, of exact text.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{
		`{"id":"7210381803720","signature":"s"}`, `{"id":7210381803720}`, `{"id":1,"id":2}`, `{"ID":1}`, "{\"id\":\"\xff\"}",
		`{"id":"\ud800"}`, `{"id":1}{}`, `[{"id":1}]`, `null`, "\ufeff{}", `{"id":1e400}`, `{"id":{"id":1}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var m members
		if readObject(body, &m) != nil {
			return
		}
		d := json.NewDecoder(strings.NewReader(string(body)))
		d.UseNumber()
		var seen map[string]any
		if err := d.Decode(&seen); err != nil {
			t.Fatalf("accepted, and encoding/json refuses %q: %v", body, err)
		}
		id := digits(m.ID)
		switch v := seen["id"].(type) {
		case string:
			if v != id {
				t.Fatalf("%q: %q here, %q there", body, id, v)
			}
		case json.Number:
			if v.String() != id {
				t.Fatalf("%q: %q here, %q there", body, id, v)
			}
		default:
			if id != "" {
				t.Fatalf("%q: %q here, %v there", body, id, v)
			}
		}
	})
}
