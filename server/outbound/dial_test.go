package outbound_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shapestoken/shapestoken/server/outbound"
)

// listener counts who connects, and answers them.
type listener struct {
	net.Listener
	came atomic.Int32
}

func (l *listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.came.Add(1)
	}
	return conn, err
}

func listen(t *testing.T, address string) *listener {
	t.Helper()
	inner, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatalf("%v (where only 127.0.0.1 is one's own, as on macOS: sudo ifconfig lo0 alias 127.0.0.2)", err)
	}
	l := &listener{Listener: inner}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, address) }), ReadHeaderTimeout: time.Second}
	server.SetKeepAlivesEnabled(false)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return l
}

// The victim is at an address that is denied. Whatever the name says, and when,
// nobody connects there.
func TestNobodyConnects(t *testing.T) {
	victim := listen(t, "127.0.0.1:0")
	_, port, _ := net.SplitHostPort(victim.Addr().String())
	friend := listen(t, net.JoinHostPort("127.0.0.2", port))
	onlyFriend := []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}

	rows := map[string]struct {
		answers [][]string // of the resolver, one lookup after the other
		want    []bool     // whether the request of that turn succeeds
	}{
		"rebinding":             {[][]string{{"127.0.0.2"}, {"127.0.0.1"}, {"127.0.0.2"}}, []bool{true, false, true}},
		"one bad address":       {[][]string{{"127.0.0.2", "127.0.0.1"}}, []bool{false}},
		"one bad address first": {[][]string{{"127.0.0.1", "127.0.0.2"}}, []bool{false}},
		"mapped":                {[][]string{{"::ffff:127.0.0.1"}, {"::ffff:127.0.0.2"}}, []bool{false, true}},
		"unspecified":           {[][]string{{"0.0.0.0"}, {"::"}}, []bool{false, false}},
		"NAT64":                 {[][]string{{"64:ff9b::127.0.0.1"}}, []bool{false}},
		"nothing":               {[][]string{{}}, []bool{false}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			turn := 0
			lookup := func(_ context.Context, host string) ([]netip.Addr, error) {
				found, err := names(t, map[string][]string{host: row.answers[turn]})(t.Context(), host)
				turn++
				return found, err
			}
			c := outbound.New(outbound.Config{Allow: onlyFriend, Lookup: lookup})
			t.Cleanup(c.Close)
			for i, want := range row.want {
				before := friend.came.Load()
				_, err := c.Do(get(t, "http://rebind.example:"+port+"/?token=canary"))
				if (err == nil) != want || friend.came.Load() > before != want {
					t.Errorf("request %d: %v, the friend saw %d", i, err, friend.came.Load()-before)
				}
				if err != nil && strings.Contains(err.Error(), "canary") {
					t.Errorf("quotes the query: %v", err)
				}
			}
			if turn != len(row.answers) {
				t.Errorf("%d lookups, want one for each request", turn)
			}
		})
	}
	for _, address := range []string{"http://127.0.0.1:" + port, "http://localhost:" + port, "http://127.1:" + port, "http://2130706433:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://0.0.0.0:" + port} {
		if _, err := outbound.New(outbound.Config{Allow: onlyFriend}).Do(get(t, address)); err == nil {
			t.Errorf("%s was reached", address)
		}
	}
	if n := victim.came.Load(); n != 0 {
		t.Errorf("%d connections arrived", n)
	}
}

// An ordinary name that leads to what is not public.
func TestOrdinaryNameOfPrivateAddress(t *testing.T) {
	for _, address := range []string{"127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.1.1", "64:ff9b::8.8.8.8"} {
		lookup := names(t, map[string][]string{"hooks.example.com.": {"8.8.8.8", address}})
		_, err := outbound.New(outbound.Config{Lookup: lookup}).Do(get(t, "https://hooks.example.com/"))
		if !errors.Is(err, outbound.ErrRefused) || !strings.Contains(err.Error(), "not public") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// A name that is not called in the ordinary way may not lead to a public
// address either: plain http to strangers is no exception.
func TestExceptionOfPublicAddress(t *testing.T) {
	lookup := names(t, map[string][]string{"hooks.example.com": {"8.8.8.8"}})
	for _, address := range []string{"http://hooks.example.com/", "https://hooks.example.com:8443/"} {
		_, err := outbound.New(outbound.Config{Allow: loopback, Lookup: lookup}).Do(get(t, address))
		if !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// The transport goes on dialling for a request that has ended; that ends too.
func TestDialEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, ended := time.Now(), make(chan struct{})
		lookup := func(ctx context.Context, _ string) ([]netip.Addr, error) {
			defer close(ended)
			<-ctx.Done()
			return nil, ctx.Err()
		}
		c := outbound.New(outbound.Config{Lookup: lookup}).Within(time.Second, 0)
		_, err := c.Do(get(t, "https://hooks.example.com/"))
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took != time.Second {
			t.Errorf("%v in %s", err, took)
		}
		<-ended
		if took := time.Since(began); took > outbound.DefaultTime {
			t.Errorf("dialled for %s", took)
		}
	})
}
