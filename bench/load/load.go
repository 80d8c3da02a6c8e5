// Package load asks one address for tokens over many connections, with as
// little work of its own as possible: it shares the machine with what it measures.
package load

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
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
	waits    []time.Duration // for each answer, in order of length
}

// Percentile is the wait that p percent of the answers did not exceed.
func (r Result) Percentile(p float64) time.Duration {
	if len(r.waits) == 0 {
		return 0
	}
	return r.waits[min(len(r.waits)-1, int(p/100*float64(len(r.waits))))]
}

// PerSecond is the rate of good answers.
func (r Result) PerSecond() float64 { return float64(r.Requests-r.Failed) / r.Took.Seconds() }

// Run sends the requests in turn, over the given number of connections, for d,
// each as soon as the one before is answered.
func Run(addr string, requests [][]byte, connections int, d time.Duration) (Result, error) {
	return Load{Connections: connections}.Run(addr, requests, d)
}

// Load is how somebody asks.
type Load struct {
	Connections int
	Pause       time.Duration // each connection sends one request in so much time; 0: as soon as the one before is answered
	From        net.IP        // the address they come from; nil: whichever
}

// Run sends the requests in turn for d.
func (l Load) Run(addr string, requests [][]byte, d time.Duration) (Result, error) {
	var next, sent, failed atomic.Int64
	var mu sync.Mutex
	var waits []time.Duration
	var wg sync.WaitGroup
	errs := make(chan error, l.Connections)
	began := time.Now()
	for i := range l.Connections {
		wg.Go(func() {
			time.Sleep(l.Pause * time.Duration(i) / time.Duration(l.Connections)) // not all at once
			var own []time.Duration
			err := l.connection(addr, began.Add(d), func() []byte {
				return requests[int(next.Add(1))%len(requests)]
			}, func(good bool, took time.Duration) {
				sent.Add(1)
				own = append(own, took)
				if !good {
					failed.Add(1)
				}
			})
			mu.Lock()
			defer mu.Unlock()
			waits = append(waits, own...)
			if err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	slices.Sort(waits)
	return Result{Requests: sent.Load(), Failed: failed.Load(), Took: time.Since(began), waits: waits}, <-errs
}

func (l Load) connection(addr string, end time.Time, next func() []byte, answered func(good bool, took time.Duration)) error {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: l.From}}
	c, err := dialer.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	r := bufio.NewReaderSize(c, 8<<10)
	for at := time.Now(); at.Before(end); at = at.Add(l.Pause) {
		time.Sleep(time.Until(at))
		began := at // a request that had to wait for its turn has waited
		if l.Pause == 0 {
			began = time.Now()
			at = began
		}
		if _, err := c.Write(next()); err != nil {
			return err
		}
		good, err := answer(r)
		if err != nil {
			return err
		}
		answered(good, time.Since(began))
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
