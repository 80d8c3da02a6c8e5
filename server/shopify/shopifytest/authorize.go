package shopifytest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/shapestoken/shapestoken/hmac"
)

// authorize is the page on which a merchant agrees; here everybody does.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	domain, q := r.PathValue("shop"), r.URL.Query()
	s.mu.Lock()
	secret, known := s.apps[q.Get("client_id")]
	s.mu.Unlock()
	back, err := url.Parse(q.Get("redirect_uri"))
	if !known || err != nil || back.Host == "" || q.Get("state") == "" || q.Get("scope") == "" {
		s.problem("authorize with client_id %q, scope %q, redirect_uri %q", q.Get("client_id"), q.Get("scope"), q.Get("redirect_uri"))
		http.Error(w, "Oauth error invalid_request", http.StatusBadRequest)
		return
	}
	store := base64.RawURLEncoding.EncodeToString([]byte("admin.shopify.com/store/" + strings.TrimSuffix(domain, ".myshopify.com")))
	answer := url.Values{"code": {s.Code(domain, q.Get("client_id"))}, "host": {store}, "shop": {domain}, "state": {q.Get("state")}, "timestamp": {fmt.Sprint(s.now().Unix())}}
	key, err := hmac.NewKey([]byte(secret))
	if err != nil {
		panic("shopifytest: the app's secret is no key: " + err.Error())
	}
	signature, _ := key.SignOAuth(answer.Encode())
	answer.Set("hmac", signature)
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}
