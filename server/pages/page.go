package pages

import (
	"bytes"
	"embed"
	"html/template"
)

// Page is one of the pages of this package: [Login], [Consent], [Grant],
// [Account], [Onward], [SignedOut], [Failure], [Leaving] or [Installed].
type Page interface {
	template() string // the name of its template
	title(*text) string
}

// sheet is what a template is given.
type sheet struct {
	T     *text
	P     Page
	Title string
}

// Render is a page's HTML, in UTF-8. Send it with [Headers].
func Render(p Page, l Lang) ([]byte, error) {
	t := l.text()
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, p.template(), sheet{t, p, p.title(t)})
	return b.Bytes(), err
}

//go:embed html
var files embed.FS

// html/template escapes by the place where a text stands. Nothing here is made
// a template.HTML, and two things only are said to be safe: the style sheet, and
// an address that external has judged.
var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"clean": clean, "initial": initial, "say": say, "plain": plain, "link": link, "external": external, "lines": lines,
	"style": func() template.CSS { return template.CSS(style) },
}).ParseFS(files, "html/*.html"))
