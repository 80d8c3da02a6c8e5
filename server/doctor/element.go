package doctor

import "golang.org/x/net/html"

// element is what a page says of one of its elements.
type element struct {
	name  string
	attrs []html.Attribute
	text  string // that follows its start tag
}

// find returns an attribute's value, and whether it is there. Of several with
// one name the first counts, as in browsers.
func (e element) find(name string) (value string, there bool) {
	for _, a := range e.attrs {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func (e element) attr(name string) string {
	value, _ := e.find(name)
	return value
}

func (e element) has(name string) bool {
	_, there := e.find(name)
	return there
}
