package outbound

import (
	"encoding/binary"
	"net/netip"
)

// Public reports whether a is an address of the public Internet: one that
// anybody might call. Everything else could be this machine, its network, or its
// landlord's, by some way of writing or translating it.
func Public(a netip.Addr) bool {
	a = a.Unmap() // ::ffff:127.0.0.1 connects to 127.0.0.1
	if a.Is4() {
		return !within(denied4, a)
	}
	return globalUnicast.Contains(a) && !within(denied6, a) && (!isISATAP(a) || Public(last4(a)))
}

// denied4 is the IANA IPv4 Special-Purpose Address Registry, multicast, and an
// address at which a cloud's machines find their credentials.
var denied4 = prefixes(
	"0.0.0.0/8",        // this network; 0.0.0.0 connects to this machine
	"10.0.0.0/8",       // private
	"100.64.0.0/10",    // shared by carriers, and 100.100.100.200: metadata of a cloud
	"127.0.0.0/8",      // this machine
	"168.63.129.16/32", // a cloud's host, seen from its machines
	"169.254.0.0/16",   // link local, and 169.254.169.254: metadata of most clouds
	"172.16.0.0/12",    // private
	"192.0.0.0/24",     // protocol assignments, and 192.0.0.192: metadata of a cloud
	"192.0.2.0/24",     // documentation
	"192.31.196.0/24",  // AS112
	"192.52.193.0/24",  // AMT
	"192.88.99.0/24",   // 6to4 relays
	"192.168.0.0/16",   // private
	"192.175.48.0/24",  // AS112
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"224.0.0.0/4",      // multicast
	"240.0.0.0/4",      // reserved, broadcast
)

// globalUnicast is all of IPv6 that is given out (RFC 4291 section 2.4). Outside
// are loopback, unique local, link and site local, multicast, IPv4-compatible
// and -translated addresses, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard-only
// and segment routing. An operator whose network reaches IPv4 by NAT64 allows
// its prefix.
var globalUnicast = netip.MustParsePrefix("2000::/3")

// denied6 is what is special inside globalUnicast. Teredo and 6to4 carry an IPv4
// address to whoever translates; nobody has a service there.
var denied6 = prefixes(
	"2001::/23",         // protocol assignments: Teredo, benchmarks, ORCHID
	"2001:db8::/32",     // documentation
	"2002::/16",         // 6to4
	"2620:4f:8000::/48", // AS112
	"3fff::/20",         // documentation
)

func prefixes(list ...string) (all []netip.Prefix) {
	for _, p := range list {
		all = append(all, netip.MustParsePrefix(p))
	}
	return all
}

func within(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// isISATAP reports whether the interface part of a is 0000:5efe or 0200:5efe
// and an IPv4 address to tunnel to (RFC 5214 section 6.1), under any prefix.
func isISATAP(a netip.Addr) bool {
	b := a.As16()
	marker := binary.BigEndian.Uint32(b[8:])
	return marker&^0x02000000 == 0x00005efe
}

func last4(a netip.Addr) netip.Addr {
	b := a.As16()
	return netip.AddrFrom4([4]byte(b[12:]))
}
