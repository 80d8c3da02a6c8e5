package outbound

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"
)

// The last word is the socket's: here nothing was checked before it, as if the
// checks above it had been fooled.
func TestSocket(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	rows := map[string]struct {
		allow    string
		ordinary bool
		rule     error
	}{
		"denied":                     {"10.0.0.0/8", false, ErrRefused},
		"ordinary, denied":           {"10.0.0.0/8", true, ErrRefused},
		"ordinary, at another port":  {"127.0.0.0/8", true, ErrRefused},
		"an exception to be let out": {"127.0.0.0/8", false, nil},
	}
	for name, row := range rows {
		p := policy{allow: []netip.Prefix{netip.MustParsePrefix(row.allow)}, time: time.Second}
		conn, err := p.dialer(row.ordinary).DialContext(t.Context(), "tcp", l.Addr().String())
		if !errors.Is(err, row.rule) {
			t.Errorf("%s: %v", name, err)
		}
		if conn != nil {
			_ = conn.Close()
		}
	}
}

func TestAdmit(t *testing.T) {
	strict := policy{}
	for address, ok := range map[string]bool{
		"8.8.8.8:443": true, "[2606:4700:4700::1111]:443": true, "8.8.8.8:80": false, "127.0.0.1:443": false, "[::1]:443": false, "[::ffff:10.0.0.1]:443": false, "nonsense": false,
	} {
		if err := strict.admit(address, true); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
	if strict.admit("8.8.8.8:443", false) == nil {
		t.Error("an exception without an allowed address")
	}
}
