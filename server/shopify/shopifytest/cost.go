package shopifytest

import (
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// bucket holds points, which come back at a rate (shopify.dev, "API limits").
type bucket struct {
	maximum, available, restore float64
	at                          time.Time
}

// Bucket sets how many points a shop has at most and gets back each second; it
// is full then. A shop has 2000 and 100 otherwise, as on the standard plan.
func (s *Server) Bucket(domain string, maximum, restore float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shop(domain).bucket = bucket{maximum: maximum, available: maximum, restore: restore}
}

func (b *bucket) take(price float64, now time.Time) bool {
	if !b.at.IsZero() {
		b.available = min(b.maximum, b.available+b.restore*now.Sub(b.at).Seconds())
	}
	b.at = now
	if price > b.available {
		return false
	}
	b.available -= price
	return true
}

func (b *bucket) says(requested float64, actual any) map[string]any {
	return map[string]any{
		"requestedQueryCost": requested,
		"actualQueryCost":    actual,
		"throttleStatus":     map[string]any{"maximumAvailable": b.maximum, "currentlyAvailable": b.available, "restoreRate": b.restore},
	}
}

// price is 10 points for a mutation, 1 for an object, none for what is no object.
func price(o *ast.OperationDefinition) float64 {
	if o.Operation == ast.Mutation {
		return 10 * float64(len(o.SelectionSet))
	}
	return objects(o.SelectionSet)
}

func objects(selection ast.SelectionSet) (n float64) {
	for _, s := range selection {
		if field := s.(*ast.Field); len(field.SelectionSet) > 0 {
			n += 1 + objects(field.SelectionSet)
		}
	}
	return n
}
