package outbound_test

import (
	"encoding/json"
	"net/netip"
	"os"
	"testing"

	"github.com/shapestoken/shapestoken/server/outbound"
)

func TestPublic(t *testing.T) {
	denied := readDenied(t)
	public := []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "168.63.129.17", "169.253.255.255",
		"172.15.255.255", "172.32.0.0", "192.0.1.1", "192.0.3.1", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"::ffff:8.8.8.8", "2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:4700:4700::1111", "2606:4700::5efe:8.8.8.8", "2a00:1450:4001:80b::200e", "3ffe::1",
	}
	for want, list := range map[bool][]string{false: denied, true: public} {
		for _, text := range list {
			if got := outbound.Public(netip.MustParseAddr(text)); got != want {
				t.Errorf("%s: public %v, want %v", text, got, want)
			}
		}
	}
	if outbound.Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// readDenied are addresses that nobody may be sent to (testdata/denied.json).
func readDenied(t *testing.T) (list []string) {
	t.Helper()
	text, err := os.ReadFile("../../testdata/denied.json")
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil || len(list) < 60 {
		t.Fatalf("%d addresses: %v", len(list), err)
	}
	return list
}

// forms are the ways to write an IPv4 address into an IPv6 one that something,
// somewhere, takes out again.
var forms = map[string]func(v4 [4]byte) [16]byte{
	"mapped (RFC 4291 2.5.5.2)":     at(12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff),
	"compatible (RFC 4291 2.5.5.1)": at(12),
	"translated (RFC 2765)":         at(12, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff),
	"NAT64 (RFC 6052)":              at(12, 0, 0x64, 0xff, 0x9b),
	"local NAT64 (RFC 8215)":        at(12, 0, 0x64, 0xff, 0x9b, 0, 1),
	"local NAT64, /48":              at(6, 0, 0x64, 0xff, 0x9b, 0, 1),
	"6to4 (RFC 3056)":               at(2, 0x20, 2),
	"Teredo's server (RFC 4380)":    at(4, 0x20, 1),
	"Teredo's client": func(v4 [4]byte) [16]byte {
		return at(12, 0x20, 1)([4]byte{^v4[0], ^v4[1], ^v4[2], ^v4[3]})
	},
	"ISATAP (RFC 5214)":         at(12, 0x2a, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0x5e, 0xfe),
	"ISATAP, globally unique":   at(12, 0x2a, 0, 0, 1, 2, 3, 4, 5, 2, 0, 0x5e, 0xfe),
	"ISATAP, link local":        at(12, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0x5e, 0xfe),
	"ISATAP, public and 6to4":   at(12, 0x20, 2, 8, 8, 8, 8, 0, 0, 0, 0, 0x5e, 0xfe),
	"ISATAP, documentation":     at(12, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 2, 0, 0x5e, 0xfe),
	"ISATAP, inside 2001:4860:": at(12, 0x20, 1, 0x48, 0x60, 0, 0, 0, 0, 0, 0, 0x5e, 0xfe),
}

// at writes the IPv4 address at a byte of what begins as said.
func at(offset int, begin ...byte) func([4]byte) [16]byte {
	return func(v4 [4]byte) (b [16]byte) {
		copy(b[:], begin)
		copy(b[offset:], v4[:])
		return b
	}
}

// Whatever carries an address that is denied is denied.
func FuzzEmbedded(f *testing.F) {
	for _, seed := range [][]byte{{127, 0, 0, 1}, {10, 0, 0, 1}, {169, 254, 169, 254}, {100, 64, 0, 1}, {0, 0, 0, 0}, {8, 8, 8, 8}, {255, 255, 255, 255}} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, a, b, c, d byte) {
		v4 := [4]byte{a, b, c, d}
		if outbound.Public(netip.AddrFrom4(v4)) {
			return
		}
		for name, write := range forms {
			if v6 := netip.AddrFrom16(write(v4)); outbound.Public(v6) {
				t.Errorf("%s: %s is public and %s is not", name, v6, netip.AddrFrom4(v4))
			}
		}
	})
}
