package audit

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
)

// An Appender puts lines at the ends of the writer's chains, all of them or none.
type Appender interface {
	AppendAudit(ctx context.Context, writer string, lines []broker.AuditLine) error
}

// Config is what a Log is made of.
type Config struct {
	Store  Appender
	Writer string // in whose chains this process writes
	Now    func() time.Time
}

// Log writes the lines of all requests that come at the same time in one
// transaction: a disk that can be waited for a few hundred times a second keeps
// up with thousands of tokens. Make one with New, and let it Run.
type Log struct {
	config Config
	queue  chan entry
	busy   bool // the last batch was of several
}

// entry is a line that somebody waits for.
type entry struct {
	broker.AuditLine
	kept chan<- error
}

// The most lines of one transaction, and the most that wait for one; a flood of
// more is refused.
const (
	most    = 1000
	waiting = 4 * most
	patient = 5 * time.Second // how long a transaction may take
)

// ErrFull is returned where too many are waiting.
var ErrFull = errors.New("audit: too many lines are waiting to be written")

// New makes a log that writes when it runs.
func New(c Config) *Log { return &Log{config: c, queue: make(chan entry, waiting)} }

// Issued implements broker.Auditor. Where ctx ends first, the line may be written
// all the same: then it tells of a token that nobody got.
func (l *Log) Issued(ctx context.Context, t *broker.Tenant, w broker.Want) error {
	kept := make(chan error, 1)
	e := entry{broker.AuditLine{Tenant: t.Name, At: l.config.Now(), Line: Issue(w)}, kept}
	select {
	case l.queue <- e:
	default:
		return ErrFull
	}
	select {
	case err := <-kept:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run writes until ctx ends, and then what is left.
func (l *Log) Run(ctx context.Context) {
	for {
		select {
		case first := <-l.queue:
			l.write(l.batch(first))
		case <-ctx.Done():
			for len(l.queue) > 0 {
				l.write(l.batch(<-l.queue))
			}
			return
		}
	}
}

// gather is how long a batch waits for others where several came the last time:
// a transaction costs as much as the lines of dozens. Whoever comes alone is not
// kept waiting.
const gather = time.Millisecond

// batch is all that waits, and what comes in a moment.
func (l *Log) batch(first entry) []entry {
	list := []entry{first}
	if l.busy {
		time.Sleep(gather)
	}
	for len(list) < most && len(l.queue) > 0 { // nobody else takes from it
		list = append(list, <-l.queue)
	}
	l.busy = len(list) > 1
	return list
}

// write tells everybody what came of it. If it did not work for all together, it
// is tried for each tenant alone: one whose chain was tampered with holds up no other.
func (l *Log) write(list []entry) {
	err := l.append(list)
	if err != nil && mixed(list) {
		for _, own := range apart(list) {
			answer(own, l.append(own))
		}
		return
	}
	answer(list, err)
}

func (l *Log) append(list []entry) error {
	// Of its own: no single request's end may undo what others wait for.
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	lines := make([]broker.AuditLine, len(list))
	for i, e := range list {
		lines[i] = e.AuditLine
	}
	return l.config.Store.AppendAudit(ctx, l.config.Writer, lines)
}

func answer(list []entry, err error) {
	for _, e := range list {
		e.kept <- err
	}
}

func mixed(list []entry) bool {
	return slices.ContainsFunc(list, func(e entry) bool { return e.Tenant != list[0].Tenant })
}

// apart sorts by tenant, each in its order.
func apart(list []entry) map[string][]entry {
	own := map[string][]entry{}
	for _, e := range list {
		own[e.Tenant] = append(own[e.Tenant], e)
	}
	return own
}
