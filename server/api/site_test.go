package api

import (
	"net/http"
	"testing"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"
)

// A site's requests have a context that ends, and is not fasthttp's own: that
// one is written to by Shutdown while somebody may be waiting for it.
func TestSitesHaveTheirOwnContext(t *testing.T) {
	called := false
	handler := fasthttpadaptor.NewFastHTTPHandler(detached(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		called = true
		if _, ends := r.Context().Deadline(); !ends {
			t.Errorf("the context is %T", r.Context())
		}
		if _, pooled := r.Context().(*fasthttp.RequestCtx); pooled {
			t.Error("the context is fasthttp's")
		}
	})))
	var c fasthttp.RequestCtx
	c.Request.SetRequestURI("http://localhost/")
	handler(&c)
	if !called {
		t.Error("nobody was called")
	}
}
