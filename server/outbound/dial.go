package outbound

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
)

type ordinaryKey struct{}

// dial connects to an address that was checked, by its number, so that nothing
// is looked up a second time. What the socket is about to connect to is checked
// once more: that is the last word, whatever happened before.
func (p policy) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	ordinary, _ := ctx.Value(ordinaryKey{}).(bool)
	ctx, cancel := context.WithTimeout(ctx, p.time) // the transport lets a dial outlive its request
	defer cancel()
	addresses, err := p.resolve(ctx, host, ordinary)
	if err != nil {
		return nil, err
	}
	dialer := p.dialer(ordinary)
	return each(ctx, addresses, func(ctx context.Context, a netip.Addr) (net.Conn, error) {
		return dialer.DialContext(ctx, network, net.JoinHostPort(a.String(), port))
	})
}

func (p policy) dialer(ordinary bool) *net.Dialer {
	return &net.Dialer{ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		return p.admit(address, ordinary)
	}}
}

// resolve returns host's addresses if every one of them may be reached. One that
// may not condemns all: nobody has a reason to publish such a name.
func (p policy) resolve(ctx context.Context, host string, ordinary bool) ([]netip.Addr, error) {
	addresses := []netip.Addr{}
	if literal, err := netip.ParseAddr(host); err == nil {
		addresses = append(addresses, literal)
	} else if addresses, err = p.lookup(ctx, rooted(host, ordinary)); err != nil {
		return nil, err
	}
	if len(addresses) == 0 {
		return nil, errors.New("outbound: the name has no address")
	}
	for _, a := range addresses {
		if err := p.judge(a, ordinary); err != nil {
			return nil, err
		}
	}
	return addresses, nil
}

// rooted keeps the search list of resolv.conf out of full names.
func rooted(host string, ordinary bool) string {
	if ordinary {
		return host + "."
	}
	return host
}

// admit judges what the operating system is about to connect to.
func (p policy) admit(address string, ordinary bool) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return refuse("the address cannot be read")
	}
	if ordinary && a.Port() != 443 {
		return refuse("only port 443")
	}
	return p.judge(a.Addr(), ordinary)
}

// judge refuses an address that is not public, and, for what is not ordinary,
// one that is not allowed.
func (p policy) judge(a netip.Addr, ordinary bool) error {
	switch {
	case p.allows(a):
		return nil
	case !ordinary:
		return refuse("only https to a full name at port 443, except to allowed addresses")
	case !Public(a):
		return refuse("the host leads to an address that is not public")
	}
	return nil
}

// allows is no for an address with a zone: no prefix contains one.
func (p policy) allows(a netip.Addr) bool {
	for _, prefix := range p.allow {
		if prefix.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}
