package pages

import "strings"

// part is a piece of a sentence. A name is somebody else's text: it stands apart,
// so that its direction and its length are its own affair.
type part struct {
	Text string
	Name bool
}

// say fills a text's {places}: named are pairs of a place and the name that
// comes there.
func say(text string, named ...string) (parts []part) {
	for text != "" {
		before, rest, _ := strings.Cut(text, "{")
		place, after, _ := strings.Cut(rest, "}")
		if before != "" {
			parts = append(parts, part{Text: before})
		}
		for i := 0; i+1 < len(named); i += 2 {
			if named[i] == place {
				parts = append(parts, part{clean(named[i+1]), true})
			}
		}
		text = after
	}
	return parts
}

// plain is say where no markup can stand.
func plain(text string, named ...string) string {
	var b strings.Builder
	for _, p := range say(text, named...) {
		b.WriteString(p.Text)
	}
	return b.String()
}
