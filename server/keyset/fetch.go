package keyset

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	patience = 10 * time.Second // with one request
	// How long a set is good: as its issuer says, within these bounds.
	shortest = time.Minute
	usual    = 5 * time.Minute // if the issuer says nothing
	longest  = 24 * time.Hour
)

// fetch reads the set at an address. The errors are those of the reasons, and
// the client's.
func (s *Sets) fetch(address string) (found *set, err error) {
	defer rescue(&err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errAddress // err quotes it
	}
	r.Header.Set("Accept", "application/jwk-set+json, application/json")
	r.Header.Set("User-Agent", "shapestoken")
	asked := s.now()
	answer, err := s.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer has status %d", answer.StatusCode)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	keys, err := parse(body)
	if err != nil {
		return nil, err
	}
	return &set{keys: keys, until: asked.Add(lifetime(answer.Header))}, nil
}

// lifetime is how long an answer stays fresh (RFC 9111 section 4.2).
func lifetime(h http.Header) time.Duration {
	for directive := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if strings.EqualFold(name, "max-age") {
			return min(max(seconds(value)-seconds(h.Get("Age")), shortest), longest)
		}
	}
	return usual
}

// seconds takes what is no number for 0, and what is too large for the largest.
func seconds(text string) time.Duration {
	n, _ := strconv.ParseUint(strings.Trim(text, `"`), 10, 31)
	return time.Duration(n) * time.Second
}

// rescue turns a panic into an error. What was thrown is named, not printed: it
// may quote anything.
func rescue(err *error) {
	if thrown := recover(); thrown != nil {
		*err = fmt.Errorf("panic with a %T", thrown)
	}
}
