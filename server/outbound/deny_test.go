package outbound_test

import (
	"net/netip"
	"testing"

	"github.com/shapestoken/shapestoken/server/outbound"
)

func TestPublic(t *testing.T) {
	denied := []string{
		"0.0.0.0", "0.1.2.3", "0.255.255.255", "10.0.0.0", "10.255.255.255",
		"100.64.0.0", "100.100.100.200", "100.127.255.255", "127.0.0.0", "127.0.0.1", "127.1.2.3", "127.255.255.255",
		"168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.0", "172.31.255.255",
		"192.0.0.1", "192.0.0.192", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "192.175.48.1",
		"198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8",
		"64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::10.0.0.1", "64:ff9b:1:ffff::1", "100::1", "100:0:0:1::1",
		"2001::1", "2001:0:7f00:1::80ff:fffe", "2001:2::1", "2001:10::1", "2001:20::1", "2001:1ff:ffff::1", "2001:db8::1", "2002::1", "2002:7f00:1::", "2002:808:808::1",
		"2620:4f:8000::1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
		"2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:10.0.0.1", "2606:4700::5efe:169.254.169.254", "2606:4700:4700::1111%eth0",
	}
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
	if len(denied) < 60 {
		t.Errorf("only %d denied addresses", len(denied))
	}
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
