package shopifytest

import (
	"io"
	"net/http"
	"strings"
)

// Fault is what goes wrong with one request.
type Fault struct {
	instead func(http.ResponseWriter, *http.Request) // of doing anything
	before  func(*Server, *shop)                     // of what is done nevertheless
	after   func(http.ResponseWriter, *http.Request) // of what was done, in place of the answer
	domain  string                                   // what myshopifyDomain says
}

// The faults of one request. Pass is none.
var (
	Pass Fault
	// Hang answers nothing until the client has gone.
	Hang = Fault{instead: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}
	// HangAfter does what was asked for, and then answers nothing.
	HangAfter = Fault{after: Hang.instead}
	// Drop closes the connection before anything is done.
	Drop = Fault{instead: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }}
	// Lose does what was asked for, and closes the connection.
	Lose = Fault{after: Drop.instead}
	// Cut breaks off in the middle of an answer.
	Cut = Fault{instead: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"data":`)
	}}
	// Garbage answers 200 with what is no JSON.
	Garbage = answer(200, "application/json", `{"data":{"shop":`)
	// Page answers 200 with HTML, as a proxy or a password page does.
	Page = answer(200, "text/html", "<!doctype html><title>Opening soon</title>")
	// Empty answers 200 with nothing.
	Empty = answer(200, "application/json", "")
	// NoData answers 200 without data and without errors.
	NoData = answer(200, "application/json", `{"data":null,"extensions":{}}`)
	// Huge answers more than anybody should read.
	Huge = answer(200, "application/json", `{"data":{"shop":"`+strings.Repeat("a", 1<<20)+`"}}`)
	// Throttled answers 200 and THROTTLED: the bucket lacks 10 points, and gets 20 a second.
	Throttled = answer(200, "application/json", `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED","documentation":"https://shopify.dev/api/usage/rate-limits"}}],`+
		`"extensions":{"cost":{"requestedQueryCost":12,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":2000.0,"currentlyAvailable":2,"restoreRate":20.0}}}}`)
	// Plain is Throttled as plans without a bucket have it.
	Plain = answer(200, "application/json", `{"errors":[{"message":"Throttled"}]}`)
	// Costly is a question that no bucket will ever hold.
	Costly = answer(200, "application/json", `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],`+
		`"extensions":{"cost":{"requestedQueryCost":5000,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":2000.0,"currentlyAvailable":2000,"restoreRate":100.0}}}}`)
)

// Status answers with that status and a page.
func Status(code int) Fault {
	return answer(code, "text/html", "<title>"+http.StatusText(code)+"</title>")
}

// TooMany answers 429 and, unless it is empty, Retry-After.
func TooMany(retryAfter string) Fault {
	return Fault{instead: func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		write(w, http.StatusTooManyRequests, map[string]any{"errors": "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."})
	}}
}

// Says answers 200 with one error; an empty code leaves the code out.
func Says(code, message string) Fault {
	one := map[string]any{"message": message, "extensions": map[string]any{"requestId": "b1946ac9", "value": message}}
	if code != "" {
		one["extensions"].(map[string]any)["code"] = code
	}
	return Fault{instead: func(w http.ResponseWriter, _ *http.Request) { write(w, 200, map[string]any{"errors": []any{one}}) }}
}

// Answers answers 200 with that JSON.
func Answers(body string) Fault { return answer(200, "application/json", body) }

// Refuses answers 400 with an OAuth error.
func Refuses(code, description string) Fault {
	return Fault{instead: func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusBadRequest, map[string]any{"error": code, "error_description": description})
	}}
}

// Interfere has somebody else write the shop's metafield just before.
func Interfere(value string) Fault {
	return Fault{before: func(s *Server, h *shop) {
		s.write(h, name(h.owner(OnShop), "omneo", "id_secret"), "single_line_text_field", value)
	}}
}

// Elsewhere answers as if the shop were another.
func Elsewhere(domain string) Fault { return Fault{domain: domain} }

// Break has the next requests for a shop fail, each in its way, in this order.
func (s *Server) Break(domain string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.shop(domain)
	h.faults = append(h.faults, faults...)
}

// begin notes a request and takes the fault that is due.
func (s *Server) begin(domain, operation string) (f Fault) {
	arrival, _ := s.hooks()
	arrival(domain, operation)
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.shop(domain)
	h.calls = append(h.calls, operation)
	if len(h.faults) > 0 {
		f, h.faults = h.faults[0], h.faults[1:]
	}
	return f
}

func answer(status int, kind, body string) Fault {
	return Fault{instead: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}}
}
