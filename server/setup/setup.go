// Package setup asks apps whether a person has set them up. Whom it asks is what
// somebody has registered, so it believes nothing, follows nothing and waits for
// nobody long.
package setup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// What one answer may take: all of the time, waiting for one's turn too, and bytes.
const (
	Time  = 3 * time.Second
	Bytes = 64 << 10
)

// Client makes the calls: an *outbound.Client within the bounds above, with its
// own bound on calls of all tenants at the same time.
type Client interface {
	Do(*http.Request) (*http.Response, error)
}

// Config says how apps are asked.
type Config struct {
	Client Client
	// Refused is the Client's error for where nobody may be sent, and TooLarge
	// that for an answer of too many bytes.
	Refused, TooLarge error
}

// Desk asks, for one person of a tenant at a time. It is safe for concurrent use.
type Desk struct {
	config Config
	mu     sync.Mutex
	queues map[string]*queue // by tenant; only those where somebody asks or waits
}

// queue is where a tenant's people wait for each other.
type queue struct {
	turn    chan struct{}
	waiting int
}

// New makes a Desk.
func New(c Config) *Desk { return &Desk{config: c, queues: map[string]*queue{}} }

// Finished implements broker.Setup. A person whose app leads to where nobody may
// be sent has not set it up, as far as anybody here can know.
func (d *Desk) Finished(ctx context.Context, tenant, address string) error {
	ctx, cancel := context.WithTimeout(ctx, Time)
	defer cancel()
	leave, err := d.enter(ctx, tenant)
	if err != nil {
		return broker.ErrSetupAway.Because(err)
	}
	defer leave()
	body, err := d.ask(ctx, address)
	switch {
	case errors.Is(err, d.config.Refused):
		return broker.ErrSetupOpen.Because(err)
	case errors.Is(err, d.config.TooLarge):
		return broker.ErrSetupAnswer.Because(err)
	case err != nil:
		return broker.ErrSetupAway.Because(err)
	}
	return judge(body)
}

// judge reads an answer. Nothing of it goes anywhere else.
func judge(body []byte) error {
	var said map[string]json.RawMessage
	if err := json.Unmarshal(body, &said); err != nil || said == nil {
		return broker.ErrSetupAnswer.Because(errNoObject)
	}
	if string(said["is_setup_completed"]) != "true" {
		return broker.ErrSetupOpen
	}
	return nil
}

var (
	errNoObject = errors.New("the app's answer is not a JSON object")
	errAddress  = errors.New("the app's set-up URL cannot be read")
	errBusy     = errors.New("others are being asked about all the time")
)

func (d *Desk) ask(ctx context.Context, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errAddress // err quotes it
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "shapestoken")
	answer, err := d.config.Client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode < 200 || answer.StatusCode > 299 { // one that sends elsewhere is not followed
		return nil, fmt.Errorf("the app has answered with status %d", answer.StatusCode)
	}
	return io.ReadAll(answer.Body)
}
