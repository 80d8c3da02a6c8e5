package demo

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"time"
)

//go:embed page
var pages embed.FS

var templates = template.Must(template.ParseFS(pages, "page/*.html"))

// view is what the templates read.
type view struct {
	State    string // guest or customer
	Customer string // who is logged in; empty for a guest
	Logins   []login
	Query    string // what a form must keep of the address

	Snippet  template.HTML // what Liquid made
	Readable string        // the same, for people
	Line     string        // what it was made from
	Version  string
	Proxied  bool   // tokens come by the app proxy alone
	Proxy    string // path of the app proxy, if the page names one
	Endpoint string // whom the page asks
	Service  string // whose keys sign the tokens

	Broken     *twist // the fault, if there is one
	Trying     *twist // the trial
	Here       string // address of this very page
	Usual      string // address without fault and trial
	Faults     []choice
	Trials     []choice
	Sources    []choice
	Versions   []choice
	Metafields []choice
	Debugs     []choice
}

// login is a customer one can be.
type login struct {
	N    int // 1, 2
	ID   string
	Here bool // logged in now
}

const patience = 5 * time.Second

func (s *site) home(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("section_id") {
		s.section(w, r)
		return
	}
	st := stateOf(r)
	sc := s.scene(st)
	if made, ok := s.make(w, r, sc, sc.line(), st.customer); ok {
		s.show(w, s.view(st, sc, made))
	}
}

// make renders a source with the shop's secret of this moment. If that cannot
// be, it answers the request and returns false.
func (s *site) make(w http.ResponseWriter, r *http.Request, sc scene, source string, customer int64) (made string, ok bool) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	key, err := sc.key(ctx)
	if err != nil {
		s.config.Log.Error("demo: the shop's secret cannot be read", "error", err)
		http.Error(w, "The shop's secret cannot be read; the program's log says why.", http.StatusInternalServerError)
		return "", false
	}
	made, err = sc.render(source, s.config.Shop, customer, key)
	if err != nil {
		s.config.Log.Error("demo: the snippet cannot be rendered") // the error may quote the secret
		http.Error(w, "The snippet cannot be rendered.", http.StatusInternalServerError)
		return "", false
	}
	return made, true
}

func (s *site) show(w http.ResponseWriter, v view) {
	var page bytes.Buffer
	if err := templates.ExecuteTemplate(&page, "page.html", v); err != nil {
		s.config.Log.Error("demo: the page cannot be rendered", "error", err)
		http.Error(w, "The page cannot be rendered; the program's log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = page.WriteTo(w) // who went away needs no answer
}

func (s *site) view(st state, sc scene, made string) view {
	v := view{
		State:      "guest",
		Query:      st.query(),
		Snippet:    template.HTML(made),
		Readable:   readable(made),
		Line:       sc.line(),
		Version:    sc.version,
		Proxied:    sc.proxied,
		Proxy:      sc.path(),
		Endpoint:   sc.endpoint,
		Service:    s.config.Endpoint,
		Broken:     twistOf(faults, st.fault),
		Trying:     twistOf(trials, st.trial),
		Here:       st.href(),
		Usual:      st.usual(),
		Faults:     st.faults(),
		Trials:     st.trials(),
		Sources:    st.sources(),
		Versions:   st.versions(sc.version),
		Metafields: st.metafields(),
		Debugs:     st.debugs(),
	}
	if st.customer != 0 {
		v.State, v.Customer = "customer", strconv.FormatInt(st.customer, 10)
	}
	for n, c := range customers {
		v.Logins = append(v.Logins, login{N: n + 1, ID: strconv.FormatInt(c, 10), Here: c == st.customer})
	}
	return v
}
