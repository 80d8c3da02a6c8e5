package pagestest

import (
	"encoding/json"
	"net/http"

	"github.com/shapestoken/shapestoken/server/pages"
)

// Handler serves each sample under its name, in the browser's language: with
// ?text=… every text in it is that one, with ?target=… its forms may lead there.
// What a form sends ends at a page, too.
// At / is a list of them; the names are at /samples and Payloads at /payloads, as JSON.
func Handler() http.Handler {
	mux := http.NewServeMux()
	for _, s := range Samples() {
		mux.HandleFunc("GET /"+s.Name, func(w http.ResponseWriter, r *http.Request) {
			page := s.Page
			if text := r.FormValue("text"); text != "" {
				page = Fill(page, text)
			}
			answer(w, r, page)
		})
	}
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) { answer(w, r, pages.SignedOut{Back: "/"}) })
	mux.HandleFunc("GET /{$}", list)
	mux.HandleFunc("GET /samples", func(w http.ResponseWriter, _ *http.Request) { write(w, names()) })
	mux.HandleFunc("GET /payloads", func(w http.ResponseWriter, _ *http.Request) { write(w, Payloads()) })
	return mux
}

func answer(w http.ResponseWriter, r *http.Request, p pages.Page) {
	body, err := pages.Render(p, pages.Language(r.Header.Get("Accept-Language")))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	for name, value := range pages.Headers(r.URL.Query()["target"]...) {
		w.Header().Set(name, value)
	}
	_, _ = w.Write(body) // a browser that has gone needs no answer
}

func list(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	for _, name := range names() {
		_, _ = w.Write([]byte(`<p><a href="/` + name + `">` + name + "</a>\n"))
	}
}

func names() (all []string) {
	for _, s := range Samples() {
		all = append(all, s.Name)
	}
	return all
}

func write(w http.ResponseWriter, names []string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(names)
}
