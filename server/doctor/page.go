package doctor

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// A Page is what stands in a page's bytes, whoever sent them. The zero Page is empty.
type Page struct {
	markers  []Marker  // in order
	scripts  []element // that load ours
	inline   []string  // what other scripts say
	policies []string  // <meta http-equiv="Content-Security-Policy">
	shops    []string  // permanent domains that Shopify's own scripts name
	address  string    // where the page says it is: canonical link, or a browser's note while saving it
	prose    []string  // what people read, source code that is shown to them apart
	elements []element // all that have attributes
	raw      []byte
}

// Parse reads a page. It never fails: of what is no HTML, nothing is found.
// It keeps body.
func Parse(body []byte) Page {
	r := &reader{page: Page{raw: body}, inert: map[string]int{}}
	z := html.NewTokenizer(bytes.NewReader(body))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken: // the end: bytes in memory fail in no other way
			return r.page
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			r.open(element{name: t.Data, attrs: t.Attr}, kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			r.close(z.Token().Data)
		case html.TextToken:
			r.text(z.Token().Data)
		case html.CommentToken:
			r.comment(z.Token().Data)
		}
	}
}

// reader is a page half read.
type reader struct {
	page   Page
	script *element       // the one we are in
	bare   bool           // nothing has come since the last element with attributes opened
	hidden string         // name of the element we are in whose text is no prose
	inert  map[string]int // how deep we are in elements that show or keep markup and do not use it
}

// shown are elements in which source code is shown to people; nothing in a
// template is used either, before a script copies it.
var shown = map[string]bool{"pre": true, "code": true, "template": true}

// hiding are elements whose content the tokenizer hands over as one text.
var hiding = map[string]bool{"style": true, "textarea": true, "title": true, "noscript": true, "iframe": true, "xmp": true, "noembed": true, "noframes": true}

func (r *reader) open(e element, closed bool) {
	switch {
	case shown[e.name] && !closed:
		r.inert[e.name]++
	case hiding[e.name]:
		r.hidden = e.name
	}
	if r.bare = len(e.attrs) > 0; r.bare {
		r.page.elements = append(r.page.elements, e)
	}
	if r.inert["template"] > 0 {
		return
	}
	switch e.name {
	case "script":
		r.script = &e
	case "meta":
		if strings.EqualFold(e.attr("http-equiv"), "Content-Security-Policy") {
			r.page.policies = append(r.page.policies, e.attr("content"))
		}
	case "link":
		if strings.EqualFold(e.attr("rel"), "canonical") && r.page.address == "" {
			r.page.address = e.attr("href")
		}
	}
}

func (r *reader) close(name string) {
	r.bare = false
	if r.inert[name] > 0 {
		r.inert[name]--
	}
	if name == r.hidden {
		r.hidden = ""
	}
	if name == "script" && r.script != nil {
		r.page.add(*r.script)
		r.script = nil
	}
}

func (r *reader) text(text string) {
	if r.bare {
		r.page.elements[len(r.page.elements)-1].text = strings.TrimSpace(text)
	}
	switch {
	case r.script != nil:
		r.script.text += text
	case r.hidden == "" && r.inert["pre"]+r.inert["code"]+r.inert["template"] == 0:
		r.page.prose = append(r.page.prose, text)
	}
}

// comment looks for the note that Chrome leaves in a page it saves:
// <!-- saved from url=(0024)https://shop.example.com/ -->.
func (r *reader) comment(text string) {
	if _, note, found := strings.Cut(text, "saved from url=("); found {
		if _, address, found := strings.Cut(note, ")"); found {
			r.page.address = strings.TrimSpace(address)
		}
	}
}

// add files a script where it belongs. One may be marker and script at once.
func (p *Page) add(e element) {
	if e.has("data-shapestoken") {
		p.markers = append(p.markers, markerOf(e))
	}
	switch {
	case e.ours() || e.attr("src") != "" && e.has("data-shapestoken"):
		p.scripts = append(p.scripts, e)
	case e.attr("src") == "":
		p.inline = append(p.inline, e.text)
		if shop := shopIn(e); shop != "" {
			p.shops = append(p.shops, shop)
		}
	}
}
