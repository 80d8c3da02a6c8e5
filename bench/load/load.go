// Package load asks one address for tokens over many connections, with as
// little work of its own as possible: it shares the machine with what it measures.
package load

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Result is one round.
type Result struct {
	Requests int64
	Failed   int64 // answers other than 200
	Took     time.Duration
}

// PerSecond is the rate of good answers.
func (r Result) PerSecond() float64 { return float64(r.Requests-r.Failed) / r.Took.Seconds() }

// Run sends the requests in turn, over the given number of connections, for d.
func Run(addr string, requests [][]byte, connections int, d time.Duration) (Result, error) {
	var next, sent, failed atomic.Int64
	var wg sync.WaitGroup
	errs := make(chan error, connections)
	began := time.Now()
	for range connections {
		wg.Go(func() {
			err := connection(addr, began.Add(d), func() []byte {
				return requests[int(next.Add(1))%len(requests)]
			}, func(good bool) {
				sent.Add(1)
				if !good {
					failed.Add(1)
				}
			})
			if err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	return Result{Requests: sent.Load(), Failed: failed.Load(), Took: time.Since(began)}, <-errs
}

func connection(addr string, end time.Time, next func() []byte, answered func(good bool)) error {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	r := bufio.NewReaderSize(c, 8<<10)
	for time.Now().Before(end) {
		if _, err := c.Write(next()); err != nil {
			return err
		}
		good, err := answer(r)
		if err != nil {
			return err
		}
		answered(good)
	}
	return nil
}

// answer reads one response that has a Content-Length.
func answer(r *bufio.Reader) (good bool, err error) {
	status, err := r.ReadSlice('\n')
	if err != nil {
		return false, err
	}
	good = bytes.HasPrefix(status, []byte("HTTP/1.1 200"))
	length := -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return false, err
		}
		if len(line) <= 2 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(": ")); bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return false, err
			}
		}
	}
	if length < 0 {
		return false, fmt.Errorf("an answer has no length")
	}
	_, err = io.CopyN(io.Discard, r, int64(length))
	return good, err
}
