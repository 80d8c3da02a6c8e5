package outbound

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// each tries the addresses in their order, and gives each its share of the time.
func each(ctx context.Context, addresses []netip.Addr, connect func(context.Context, netip.Addr) (net.Conn, error)) (conn net.Conn, err error) {
	for i, a := range addresses {
		share, cancel := shared(ctx, len(addresses)-i)
		conn, err = connect(share, a)
		cancel()
		if err == nil || ctx.Err() != nil {
			return conn, err
		}
	}
	return nil, err
}

// shared ends after one nth of the time that ctx has left.
func shared(ctx context.Context, n int) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(end)/time.Duration(n))
}
