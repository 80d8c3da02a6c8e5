package api

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
)

// hostMost is the most a Host field may have, port included: no DNS name is
// longer than 253.
const hostMost = 255

// parseHost reads a Host field: a DNS name, an IPv4 address or an IPv6 address
// in brackets, and an optional port from 1 to 65535. It returns the host in
// lower case without the port. The grammar is narrower than RFC 3986's on
// purpose: no user, no percent-escapes, no underscores, no dot at the end, no
// empty port, and nothing that only looks like an address ("127.1").
func parseHost(raw []byte) (string, bool) {
	if len(raw) > hostMost {
		return "", false
	}
	name, port := cutPort(raw)
	if !isPort(port) {
		return "", false
	}
	lower := lowered(name)
	if strings.HasPrefix(lower, "[") {
		return lower, isBracketed(lower)
	}
	return lower, isName(lower)
}

// cutPort splits before the colon of the port; port is empty or starts with it.
func cutPort(raw []byte) (name, port []byte) {
	n := bytes.LastIndexByte(raw, ':')
	if n < bytes.LastIndexByte(raw, ']') || n < 0 {
		return raw, nil
	}
	return raw[:n], raw[n:]
}

func isPort(port []byte) bool {
	if len(port) == 0 {
		return true
	}
	_, err := strconv.ParseUint(string(port[1:]), 10, 16)
	return err == nil && port[1] != '0'
}

func lowered(raw []byte) string {
	var b [hostMost]byte
	for i, c := range raw {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b[i] = c
	}
	return string(b[:len(raw)])
}

func isBracketed(host string) bool {
	inside, ok := strings.CutSuffix(host[1:], "]")
	a, err := netip.ParseAddr(inside)
	return ok && err == nil && a.Is6() && a.Zone() == ""
}

// isName is true for a DNS name, and for an IPv4 address, which is what a name
// whose last label is a number has to be.
func isName(host string) bool {
	label, rest, more := strings.Cut(host, ".")
	for ; more; label, rest, more = strings.Cut(rest, ".") {
		if !isLabel(label) {
			return false
		}
	}
	if strings.Trim(label, "0123456789") != "" {
		return isLabel(label)
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

// isLabel is true for a DNS label in lower case, which is what a tenant's name
// is: ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$
func isLabel(s string) bool {
	if len(s) == 0 || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if classes[s[i]]&labelByte == 0 {
			return false
		}
	}
	return true
}
