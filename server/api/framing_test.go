package api

import (
	"bytes"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// TestFraming judges heads without fasthttp's parser before it, so that each
// check stands on its own.
func TestFraming(t *testing.T) {
	for _, test := range []struct {
		fields string
		want   int
	}{
		{"", 0},
		{"X:\r\n", 0},
		{"X: \t \r\n", 0},
		{"X: \u00f6 \t y\r\n", 0},
		{"!#$%&'*+-.^_`|~09azAZ: y\r\n", 0},
		{"X: y\r\nX: y\r\n", 0},
		{"Content-Length: 0\r\n", 0},
		{"Content-Length:10\r\n", 0},
		{"CONTENT-LENGTH:\t10 \r\n", 0},
		{"Transfer-Encoding: chunked\r\n", 0},
		{"Expect: 100-Continue\r\n", 0},
		{strings.Repeat("X: y\r\n", fieldsMost-1), 0},

		{"Host: a\r\n", 400},
		{"Content-Length: 1\r\nContent-Length: 1\r\n", 400},
		{"Content-Length:\r\nContent-Length: 1\r\n", 400},
		{"Content-Length:\r\n", 400},
		{"Content-Length: 01\r\n", 400},
		{"Content-Length: 00\r\n", 400},
		{"Content-Length: +1\r\n", 400},
		{"Content-Length: 1a\r\n", 400},
		{"Content-Length: 1,1\r\n", 400},
		{"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400},
		{"Transfer-Encoding: chunked\r\ntransfer-encoding: chunked\r\n", 400},
		{"Transfer-Encoding: identity\r\n", 400},
		{"Transfer-Encoding: Chunked\r\n", 400},
		{"Transfer-Encoding: \r\n", 400},
		{"Authorization: a\r\nAuthorization: a\r\n", 400},
		{"Content-Type: a\r\nContent-Type: a\r\n", 400},
		{"Origin: a\r\nOrigin: a\r\n", 400},
		{"Expect: 100-continue\r\nExpect: 100-continue\r\n", 400},
		{"Expect: 100-continue, x\r\n", 417},
		{"Expect:\r\n", 417},
		{"X: y\n", 400},
		{"X: y\r", 400},
		{"X: y\nY: z\r\n", 400},
		{"X: y\r\r\n", 400},
		{"\n", 400},
		{" X: y\r\n", 400},
		{"\tX: y\r\n", 400},
		{"X : y\r\n", 400},
		{"X\t: y\r\n", 400},
		{"X Y: y\r\n", 400},
		{"X\x00: y\r\n", 400},
		{"X\u00f6: y\r\n", 400},
		{"X(: y\r\n", 400},
		{": y\r\n", 400},
		{"X\r\n", 400},
		{"X: \x00\r\n", 400},
		{"X: \x1f\r\n", 400},
		{"X: \x7f\r\n", 400},
		{strings.Repeat("X: y\r\n", fieldsMost), 431},
	} {
		var f framing
		if got := f.read([]byte("Host: a\r\n" + test.fields + "\r\n")); got != test.want {
			t.Errorf("%.50q: %d, want %d", test.fields, got, test.want)
		}
	}
	for _, raw := range []string{"", "\r\n", "\n", "Host: a\r\n", "Host: a", "X: y\r\n\r\n"} {
		if got := new(framing).read([]byte(raw)); got != fasthttp.StatusBadRequest {
			t.Errorf("%q: %d", raw, got)
		}
	}
}

// TestIsValue: eight bytes at a time is the same as one at a time.
func TestIsValue(t *testing.T) {
	for c := range 256 {
		for at := range 19 {
			for _, fill := range []byte{'a', ' ', '\t', 0x80, 0xff} {
				b := bytes.Repeat([]byte{fill}, 19)
				b[at] = byte(c)
				if got, want := isValue(b), consists(b, valueByte); got != want {
					t.Fatalf("%q: %v, want %v", b, got, want)
				}
			}
		}
	}
}

func TestClosing(t *testing.T) {
	for fields, want := range map[string]bool{
		"":                                       false,
		"Connection: keep-alive\r\n":             false,
		"Connection: closed\r\n":                 false,
		"Connection: clo\u017fe\r\n":             false, // a long s is no s
		"X-Connection: close\r\n":                false,
		"Connection: close\r\n":                  true,
		"connection: te,\tClose\t,x\r\n":         true,
		"Connection: close\r\nConnection: x\r\n": true,
	} {
		var f framing
		if status := f.read([]byte("Host: a\r\n" + fields + "\r\n")); status != 0 || f.closing != want {
			t.Errorf("%q: status %d, closing %v", fields, status, f.closing)
		}
	}
}
