package demo_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

func exchangeSlowly(ctx context.Context, h http.Handler) (*httptest.ResponseRecorder, time.Duration) {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, origin+"/slow/shopify/api/v1/auth/token", nil)
	w, start := httptest.NewRecorder(), time.Now()
	h.ServeHTTP(w, r)
	return w, time.Since(start)
}

// TestSlow: the request goes on to the service, method and body included.
func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, took := exchangeSlowly(t.Context(), site(t, config(t)))
		if to := w.Header().Get("Location"); w.Code != http.StatusTemporaryRedirect || to != endpoint+"/shopify/api/v1/auth/token" {
			t.Errorf("status %d to %q", w.Code, to)
		}
		if took != 3*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

// TestSlowGivesUp: a server that ends does not wait for the slow ones.
func TestSlowGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, took := exchangeSlowly(ctx, site(t, config(t))); took != time.Second {
			t.Errorf("it took %s", took)
		}
	})
}
