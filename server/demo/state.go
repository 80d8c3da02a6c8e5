package demo

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// customers are those one can log in as.
var customers = [...]int64{7210381803720, 6940095564321}

// cookieName is the demo's own cookie: which customer is logged in. It is what
// a shop keeps in its session, and here anybody may write it.
const cookieName = "demo_customer"

// state is all that a page view depends on, and where it comes from: the
// cookie says who is looking, the address everything else, so that a link
// shows the same to whoever follows it.
type state struct {
	customer  int64  // 0: a guest
	fault     string // key of what is broken; empty: nothing
	trial     string // key of what makes it hard; empty: nothing, and never beside a fault
	source    string // where tokens come from: signature or proxy
	version   string // what the theme signs: v1 or v2
	metafield string // what kind the metafield is: value or bare
	debug     string // whether the script tells each step: off or on
}

// options are what each choice may be; the first is what it is by itself.
var options = map[string][]string{
	"source":    {"signature", "proxy"},
	"version":   {"v2", "v1"},
	"metafield": {"value", "bare"},
	"debug":     {"off", "on"},
}

// stateOf never fails: what makes no sense counts as not said.
func stateOf(r *http.Request) state {
	return stateAt(r, r.URL)
}

// stateAt is what stateOf is to another address.
func stateAt(r *http.Request, page *url.URL) state {
	q := page.Query()
	st := state{
		customer:  customerIn(r),
		source:    chosen(options["source"], q.Get("source")),
		version:   chosen(options["version"], q.Get("version")),
		metafield: chosen(options["metafield"], q.Get("metafield")),
		debug:     chosen(options["debug"], q.Get("debug")),
	}
	switch {
	case twistOf(faults, q.Get("break")) != nil:
		st.fault = q.Get("break")
	case twistOf(trials, q.Get("try")) != nil:
		st.trial = q.Get("try")
	}
	return st
}

func chosen(options []string, asked string) string {
	if slices.Contains(options, asked) {
		return asked
	}
	return options[0]
}

func customerIn(r *http.Request) int64 {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return 0
	}
	return customerOf(c.Value)
}

// customerOf returns 0 for anything but one of the customers.
func customerOf(id string) int64 {
	for _, c := range customers {
		if strconv.FormatInt(c, 10) == id {
			return c
		}
	}
	return 0
}

// query is the part of the state that stands in the address, without what goes
// without saying; with its question mark, or empty.
func (st state) query() string {
	q := url.Values{}
	set := func(name, value, usual string) {
		if value != usual {
			q.Set(name, value)
		}
	}
	set("break", st.fault, "")
	set("try", st.trial, "")
	set("source", st.source, options["source"][0])
	set("version", st.version, options["version"][0])
	set("metafield", st.metafield, options["metafield"][0])
	set("debug", st.debug, options["debug"][0])
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}
