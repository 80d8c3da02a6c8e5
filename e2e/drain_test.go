package e2e

import (
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// At SIGTERM a server says that it is going, serves on while load balancers
// notice, lets what is under way finish, and ends with 0.
func TestDrain(t *testing.T) {
	p := newAcme(t)
	ready, process := p.launch("serve", "--addr", "127.0.0.1:0", "--ops-addr", "127.0.0.1:0", "--ip-rate", "0", "--drain-delay", "2s")
	exchange := "http://" + ready["addr"] + "/t/acme/shopify/api/v1/auth/token"
	body := object{"id": customer, "signature": signV1}
	if status, answer := post(t, exchange, body); status != 200 {
		t.Fatalf("before: %d %v", status, answer)
	}
	slow, finish := slowExchange(t, exchange)
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "readyz says draining", func() bool { return get(t, "http://"+ready["ops_addr"]+"/readyz") == 503 })
	if status, answer := post(t, exchange, body); status != 200 {
		t.Errorf("while draining: %d %v", status, answer)
	}
	finish()
	if status := <-slow; status != 200 {
		t.Errorf("what was under way: %d", status)
	}
	if err := process.Wait(); err != nil {
		t.Errorf("ended: %v", err)
	}
}

// A second signal does not wait.
func TestSecondSignal(t *testing.T) {
	p := newAcme(t)
	_, process := p.launch("serve", "--addr", "127.0.0.1:0", "--ops-addr", "127.0.0.1:0", "--drain-delay", "10m")
	for range 2 {
		if err := process.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond) // two signals at once may be taken for one
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Error("it is still draining")
		_ = process.Process.Kill()
	}
}

// slowExchange is a request whose body is still on its way.
func slowExchange(t *testing.T, url string) (status <-chan int, finish func()) {
	t.Helper()
	body, w := io.Pipe()
	answered := make(chan int, 1)
	go func() {
		res, err := http.Post(url, "application/json", body)
		if err != nil {
			t.Error(err)
			answered <- 0
			return
		}
		res.Body.Close()
		answered <- res.StatusCode
	}()
	if _, err := io.Copy(w, strings.NewReader(`{"id":"`+customer+`",`)); err != nil {
		t.Fatal(err)
	}
	return answered, func() {
		if _, err := io.WriteString(w, `"signature":"`+signV1+`"}`); err != nil {
			t.Error(err)
		}
		w.Close()
	}
}

func get(t *testing.T, url string) int {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("%s: not within 5 s", what)
}
