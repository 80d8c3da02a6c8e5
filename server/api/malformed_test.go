package api

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// canary is planted in every malformed request and must come back in no answer.
const canary = "c4n4ry"

// sequel follows every request that is malformed but complete. It is well formed
// and must never be served.
const sequel = "GET /smuggled?" + canary + " HTTP/1.1\r\nHost: good.example\r\n\r\n"

// malformed is one thing a peer may send. The answer is exactly one refusal
// with the status want, or none at all if that is 0; in any case the
// connection ends.
type malformed struct {
	name    string
	raw     string
	partial bool // what is appended to raw would still be part of the request
	drip    bool // goes on a byte at a time after raw, as long as it is let
	hangsUp bool // the peer closes its side after raw
	head    bool // the answer has no body
	want    int
}

func TestMalformed(t *testing.T) {
	usual := newStand(t, nil)
	hasty := newStand(t, func(c *fiber.Config) { c.ReadTimeout = 200 * time.Millisecond })
	rows := slices.Concat(badFraming(), badTrailers(), badHosts(), badTargets(), badMethods(), badVersions(),
		badHeads(), badBodies(), badExpectations(), slowPeers())
	t.Logf("%d malformed requests", len(rows))
	for _, m := range rows {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			s := usual
			if m.drip || m.want == http.StatusRequestTimeout {
				s = hasty
			}
			m.check(t, s)
		})
	}
}

func (m malformed) check(t *testing.T, s *stand) {
	if !strings.Contains(m.raw, canary) {
		t.Fatal("no canary planted")
	}
	got := m.send(t, s.addr)
	if strings.Contains(strings.ToLower(string(got)), canary) {
		t.Errorf("the answer echoes what was sent:\n%s", got)
	}
	m.judge(t, got)
	if s.smuggled.Load() != 0 {
		t.Error("the request behind the malformed one was served")
	}
	s.stillAnswers(t)
}

// stillAnswers tries more than once, for the hasty stand may run out of
// patience with a good peer when the machine is busy.
func (s *stand) stillAnswers(t *testing.T) {
	var answer string
	for range 10 {
		answer = s.exchange(t, "GET /ok HTTP/1.1\r\nHost: good.example\r\nConnection: close\r\n\r\n")
		if strings.HasPrefix(answer, "HTTP/1.1 200 ") {
			return
		}
	}
	t.Errorf("a good request afterwards got:\n%s", answer)
}

// send sends m and returns all that comes back until the connection ends.
func (m malformed) send(t *testing.T, addr string) []byte {
	conn := dial(t, addr)
	raw := m.raw
	if !m.partial && !m.drip && !m.hangsUp {
		raw += sequel
	}
	_, _ = io.WriteString(conn, raw) // a refusal may come before all is written
	if m.hangsUp {
		_ = conn.(*net.TCPConn).CloseWrite()
	}
	var early []byte
	if m.drip {
		early = drip(t, conn)
	}
	return append(early, readAll(t, conn)...)
}

// drip writes a byte every few milliseconds until it is answered.
func drip(t *testing.T, conn net.Conn) []byte {
	defer func() { _ = conn.SetDeadline(time.Now().Add(patience)) }()
	var b [1]byte
	for range 1000 {
		_, _ = io.WriteString(conn, "a")
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		n, err := conn.Read(b[:])
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return b[:n]
		}
	}
	t.Error("the server lets itself be fed for ever")
	return nil
}

func (m malformed) judge(t *testing.T, got []byte) {
	if m.want == 0 {
		if len(got) != 0 {
			t.Errorf("an answer:\n%s", got)
		}
		return
	}
	method := http.MethodGet
	if m.head {
		method = http.MethodHead
	}
	r := bufio.NewReader(bytes.NewReader(got))
	answer, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("no answer: %v\n%q", err, got)
	}
	body, err := io.ReadAll(answer.Body)
	rest, _ := io.ReadAll(r)
	switch {
	case err != nil || len(rest) != 0:
		t.Errorf("not exactly one answer: %v\n%s", err, got)
	case answer.StatusCode != m.want:
		t.Errorf("status %d, want %d", answer.StatusCode, m.want)
	case !answer.Close:
		t.Error("the answer does not say that the connection is closed")
	case !m.head && string(body) != refusalText, answer.Header.Get("Content-Type") != fiber.MIMEApplicationJSON:
		t.Errorf("not the constant refusal:\n%s", got)
	}
}
