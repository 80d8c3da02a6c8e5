package ops

import (
	"bytes"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	flushEvery = 100 * time.Millisecond
	flushAt    = 32 << 10
	spoolMax   = 2 << 20
	flushWait  = 2 * time.Second
)

// spool takes lines without waiting and writes them to w by and by. While
// nothing is logged it has neither a goroutine nor a timer.
type spool struct {
	w     io.Writer
	turn  chan struct{} // holds one value, which whoever writes to w takes out
	spare []byte        // the batch before this one, to be filled again; belongs to whose turn it is

	mu      sync.Mutex
	lines   []byte
	due     bool  // a drain is on its way
	unsaid  int64 // dropped lines no line has told of yet
	dropped atomic.Int64
}

func newSpool(w io.Writer) *spool {
	s := &spool{w: w, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// Write takes one line. It never fails and never waits for w.
func (s *spool) Write(line []byte) (int, error) {
	safe := escape(line)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.lines)+len(safe) > spoolMax {
		s.lose(1)
		return len(line), nil
	}
	if len(s.lines) == 0 {
		time.AfterFunc(flushEvery, s.drain)
	}
	s.lines = append(s.lines, safe...)
	if len(s.lines) >= flushAt {
		s.start()
	}
	return len(line), nil
}

// hurry has what is waiting written now.
func (s *spool) hurry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
}

// start sees to it that a drain is on its way, and only one: behind a writer that
// is stuck no goroutines pile up. mu is held.
func (s *spool) start() {
	if !s.due {
		s.due = true
		go s.drain()
	}
}

// drain writes what is waiting, and what was lost meanwhile.
func (s *spool) drain() {
	<-s.turn
	defer func() { s.turn <- struct{}{} }()
	lines, lost := s.take()
	batch := lines
	if lost > 0 {
		batch = append(batch, lossLine(lost)...)
	}
	if len(batch) == 0 {
		return
	}
	if n, err := s.w.Write(batch); err != nil {
		s.failed(lines[min(n, len(lines)):], lost)
	}
	s.spare = batch[:0]
}

// take empties the spool. It is the caller's turn.
func (s *spool) take() (lines []byte, lost int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines, lost = s.lines, s.unsaid
	s.lines, s.spare = s.spare, nil
	s.due, s.unsaid = false, 0
	return lines, lost
}

// failed counts what w did not take. Trying again would only fill the spool.
func (s *spool) failed(lines []byte, unsaid int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsaid += unsaid
	s.lose(int64(bytes.Count(lines, []byte("\n"))))
}

// lose counts lines that nobody will see. mu is held.
func (s *spool) lose(lines int64) {
	s.unsaid += lines
	s.dropped.Add(lines)
}

// flush drains, and gives up on a writer that takes nothing.
func (s *spool) flush() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.drain()
	}()
	select {
	case <-done:
	case <-time.After(flushWait):
	}
}

// lossLine is the line that says how many there should have been.
func lossLine(n int64) []byte {
	var line bytes.Buffer
	slog.New(slog.NewJSONHandler(&line, nil)).Warn("log lines were lost: they could not be written in time", "lines", n)
	return line.Bytes()
}
