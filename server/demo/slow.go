package demo

import (
	"context"
	"net/http"
	"time"
)

// exchange is where a service is asked for a token.
const exchange = "/shopify/api/v1/auth/token"

// lateness is how long a request waits on a slow network.
const lateness = 3 * time.Second

// slow sends an exchange on to the service, late. The browser repeats the
// request there, so that all else is as it always is, CORS included.
func (s *site) slow(w http.ResponseWriter, r *http.Request) {
	wait(r.Context(), lateness)
	http.Redirect(w, r, s.config.Endpoint+exchange, http.StatusTemporaryRedirect)
}

// wait lets so much time pass, or less if nobody waits any more.
func wait(ctx context.Context, long time.Duration) {
	select {
	case <-time.After(long):
	case <-ctx.Done():
	}
}
