package shopify

import (
	"context"
	"errors"
	"fmt"

	"github.com/shapestoken/shapestoken/server/secret"
)

const rounds = 6

// Replace makes want the value of the metafield at place, from no value or from
// one that known recognises; changed tells whether it was not so before. A value
// that is neither gives [ErrForeign] and stays.
//
// It can be interrupted anywhere and called again. Two callers with different
// wants do not write over each other unknowingly: whoever comes second reads
// what the first wrote.
func (c *Client) Replace(ctx context.Context, a Access, place Place, want secret.Text, known func(secret.Text) bool) (changed bool, err error) {
	if !oneLine(want.Reveal()) {
		return false, ErrValue
	}
	sent := false // whether something was, of which the outcome is unknown
	for round := 0; ; round++ {
		read, err := c.Metafield(ctx, a, place)
		switch {
		case err != nil:
			return false, err
		case read.Present && read.Value.Equal(want):
			return sent, nil
		case read.Present && !known(read.Value):
			return false, ErrForeign
		}
		err = c.SetMetafield(ctx, a, want, read)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, ErrUnavailable):
			sent = true
		case !errors.Is(err, ErrStale):
			return false, err
		}
		if round == rounds-1 {
			return false, err
		}
		if err := c.pause(ctx, backoff(round)); err != nil {
			return false, fmt.Errorf("shopify: gave up while the metafield was being set: %w", err)
		}
	}
}
