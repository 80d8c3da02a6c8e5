package broker

import "time"

// Event is one pass through the pipeline, whatever came of it.
type Event struct {
	RequestID string
	Tenant    string
	Grant     GrantType
	Identity  Identity // zero where nothing was proved
	Err       error    // nil: it succeeded
	Took      time.Duration
}

// A Recorder is told of every event: it counts, logs or remembers. It is called
// on the request's own clock and must neither block nor fail.
type Recorder interface {
	Record(Event)
}
