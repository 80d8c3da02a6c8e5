package demo

import (
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
	select {
	case <-time.After(lateness):
	case <-r.Context().Done(): // nobody waits any more
	}
	http.Redirect(w, r, s.config.Endpoint+exchange, http.StatusTemporaryRedirect)
}
