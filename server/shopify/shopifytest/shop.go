package shopifytest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Place says whose metafield it is, as shopify.Place does.
type Place uint8

// The shop's own, and the app's in the shop.
const (
	OnShop Place = iota
	OnApp
)

// shop is one store and what an app has there. Server.mu guards it.
type shop struct {
	domain     string
	number     int
	metafields map[string]metafield // by owner, namespace and key
	defined    map[string]bool
	webhooks   []string // "TOPIC uri"
	tokens     map[string]time.Time
	refreshes  map[string]*refresh
	codes      map[string]string // to the client id
	faults     []Fault
	calls      []string
	bucket     bucket
}

type metafield struct{ kind, value, digest string }

// shop returns the shop of that domain, new if need be. It holds s.mu.
func (s *Server) shop(domain string) *shop {
	if s.shops[domain] == nil {
		s.shops[domain] = &shop{
			domain: domain, number: 100 + s.next(),
			metafields: map[string]metafield{}, defined: map[string]bool{},
			tokens: map[string]time.Time{}, refreshes: map[string]*refresh{}, codes: map[string]string{},
			bucket: bucket{maximum: 2000, available: 2000, restore: 100},
		}
	}
	return s.shops[domain]
}

func (h *shop) gid(kind string) string { return fmt.Sprintf("gid://shopify/%s/%d", kind, h.number) }

func (h *shop) owner(p Place) string {
	if p == OnApp {
		return h.gid("AppInstallation")
	}
	return h.gid("Shop")
}

func name(owner, namespace, key string) string { return owner + " " + namespace + "." + key }

// write stores a value; the digest is another each time.
func (s *Server) write(h *shop, at, kind, value string) metafield {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", s.next(), value))
	h.metafields[at] = metafield{kind: kind, value: value, digest: hex.EncodeToString(sum[:])}
	return h.metafields[at]
}

// Set writes omneo.id_secret as somebody else would.
func (s *Server) Set(domain string, p Place, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.shop(domain)
	s.write(h, name(h.owner(p), "omneo", "id_secret"), "single_line_text_field", value)
}

// Delete removes omneo.id_secret.
func (s *Server) Delete(domain string, p Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.shop(domain)
	delete(h.metafields, name(h.owner(p), "omneo", "id_secret"))
}

// Value is what omneo.id_secret holds.
func (s *Server) Value(domain string, p Place) (value string, present bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.shop(domain)
	m, present := h.metafields[name(h.owner(p), "omneo", "id_secret")]
	return m.value, present
}

// Defined reports whether omneo.id_secret has a definition.
func (s *Server) Defined(domain string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shop(domain).defined["SHOP omneo.id_secret"]
}

// Webhooks are the subscriptions, each as "TOPIC uri", in the order they came.
func (s *Server) Webhooks(domain string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.shop(domain).webhooks)
}

// Calls are the operations that arrived for a shop since it was last asked.
func (s *Server) Calls(domain string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.shop(domain)
	calls := h.calls
	h.calls = nil
	return calls
}
