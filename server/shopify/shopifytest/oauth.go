package shopifytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// How long the parts of an expiring offline token live, and how long a refresh
// token that was used can be used again (shopify.dev/changelog, August 2026).
const (
	AccessLife  = time.Hour
	RefreshLife = 90 * 24 * time.Hour
	RetryLife   = 30 * 24 * time.Hour
)

// refresh is a refresh token. The one before it stays good until it is used.
type refresh struct {
	before        *refresh
	expires, used time.Time
	retired       bool
}

// App makes an app known by its client id and secret.
func (s *Server) App(clientID, clientSecret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apps[clientID] = clientSecret
}

// Token makes a token that never expires, as of a custom app.
func (s *Server) Token(domain string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issue(s.shop(domain), time.Time{})
}

// Accept makes a token of your own known, one that never expires.
func (s *Server) Accept(domain, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shop(domain).tokens[token] = time.Time{}
}

// Code makes a code, as if a merchant had agreed.
func (s *Server) Code(domain, clientID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := fmt.Sprintf("code-%032d", s.next())
	s.shop(domain).codes[code] = clientID
	return code
}

// Revoke ends every token of a shop, as when the app is uninstalled.
func (s *Server) Revoke(domain string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.shop(domain)
	clear(h.tokens)
	clear(h.refreshes)
}

// issue makes an access token. It holds s.mu.
func (s *Server) issue(h *shop, expires time.Time) string {
	token := fmt.Sprintf("shpat_%032d", s.next())
	h.tokens[token] = expires
	return token
}

func (s *Server) admits(domain, token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	expires, known := s.shop(domain).tokens[token]
	return known && (expires.IsZero() || s.now().Before(expires))
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	domain := r.PathValue("shop")
	fault := s.begin(domain, "access_token")
	if err := r.ParseForm(); err != nil || r.URL.RawQuery != "" || len(r.PostForm) == 0 {
		s.problem("access_token is asked with a form in the body, and nothing in the query")
	}
	if fault.instead != nil {
		fault.instead(w, r)
		return
	}
	status, answer := s.grant(domain, r.PostForm)
	_, done := s.hooks()
	done(domain, "access_token")
	if fault.after != nil {
		fault.after(w, r)
		return
	}
	if status == http.StatusOK || answer != nil {
		write(w, status, answer)
		return
	}
	http.Error(w, "<title>Oauth error invalid_request</title>The authorization code was not found or was already used", status)
}

// grant gives a token for a code or a refresh token. A used code is answered
// with a page, as Shopify does.
func (s *Server) grant(domain string, form url.Values) (status int, answer map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.shop(domain)
	client := form.Get("client_id")
	if secret, known := s.apps[client]; !known || secret != form.Get("client_secret") {
		return http.StatusUnauthorized, map[string]any{"error": "invalid_client", "error_description": "Client authentication failed"}
	}
	if form.Get("grant_type") == "refresh_token" {
		return s.renew(h, form.Get("refresh_token"))
	}
	if owner, known := h.codes[form.Get("code")]; !known || owner != client {
		return http.StatusBadRequest, nil
	}
	delete(h.codes, form.Get("code"))
	if form.Get("expiring") != "1" {
		return http.StatusOK, map[string]any{"access_token": s.issue(h, time.Time{}), "scope": "read_customers,write_app_proxy"}
	}
	clear(h.refreshes)
	return http.StatusOK, s.pair(h, nil)
}

func (s *Server) renew(h *shop, token string) (status int, answer map[string]any) {
	r, now := h.refreshes[token], s.now()
	if r == nil || r.retired || !now.Before(r.expires) || !r.used.IsZero() && now.Sub(r.used) > RetryLife {
		return http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": "The refresh token is invalid or has expired: " + token}
	}
	if r.used.IsZero() {
		r.used = now
	}
	for old := r.before; old != nil; old = old.before {
		old.retired = true
	}
	return http.StatusOK, s.pair(h, r)
}

// pair makes a new pair; there is one active access token that expires.
func (s *Server) pair(h *shop, before *refresh) map[string]any {
	for token, expires := range h.tokens {
		if !expires.IsZero() {
			delete(h.tokens, token)
		}
	}
	token := fmt.Sprintf("shprt_%032d", s.next())
	h.refreshes[token] = &refresh{before: before, expires: s.now().Add(RefreshLife)}
	return map[string]any{
		"access_token": s.issue(h, s.now().Add(AccessLife)), "scope": "read_customers,write_app_proxy",
		"expires_in": json.Number(fmt.Sprint(int(AccessLife.Seconds()))), "refresh_token": token,
		"refresh_token_expires_in": json.Number(fmt.Sprint(int(RefreshLife.Seconds()))),
	}
}
