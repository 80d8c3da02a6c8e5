package pages

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Scope is something that an app may do.
type Scope struct {
	Name string // RFC 6749 section 3.3; what is known of its form is said in a sentence
	Text string // a sentence of the tenant's own, if there is one
}

// line is what stands in the list of what an app may do.
type line struct {
	Text string
	Code bool // it is a scope's name, as nothing else is known of it
	All  bool // it is everything
}

// lines say what scopes allow. What is done with the same kind of thing is one line.
func lines(t *text, scopes []Scope) (all []line) {
	at := map[string]int{}        // the line of a thing
	does := map[string][]string{} // the verbs of a thing
	for _, s := range scopes {
		thing, verb := parse(t, s.Name)
		switch {
		case s.Text != "":
			all = append(all, line{Text: s.Text})
		case t.Scopes[s.Name] != "":
			all = append(all, line{Text: t.Scopes[s.Name], All: s.Name == "*"})
		case verb == "":
			all = append(all, line{Text: s.Name, Code: true})
		default:
			if _, begun := at[thing]; !begun {
				at[thing] = len(all)
				all = append(all, line{})
			}
			does[thing] = append(does[thing], verb)
		}
	}
	for thing, i := range at {
		all[i].Text = t.sentence(thing, does[thing])
	}
	return all
}

// verbs are the ones of a table, in the order in which they are said. The family
// "contacts.*" has the verb "*".
var verbs = []string{"read", "create", "write", "update", "delete"}

// parse takes a name apart: contacts.read and read-contacts are the same.
func parse(t *text, name string) (thing, verb string) {
	if i := strings.LastIndexByte(name, '.'); i > 0 && isVerb(name[i+1:]) {
		return name[:i], name[i+1:]
	}
	if before, after, cut := strings.Cut(name, "-"); cut && after != "" && slices.Contains(verbs, before) {
		return after, before
	}
	return "", ""
}

func isVerb(s string) bool { return s == "*" || slices.Contains(verbs, s) }

func (t *text) sentence(thing string, does []string) string {
	name, known := t.Things[thing]
	if !known {
		name = strings.ReplaceAll(t.Quoted, "{name}", thing)
	}
	said := strings.NewReplacer("{verbs}", t.list(does), "{thing}", name)
	if slices.Contains(does, "*") {
		return upper(said.Replace(t.DoesAll))
	}
	return upper(said.Replace(t.Does))
}

// list names verbs: "see, create and change".
func (t *text) list(does []string) string {
	var said []string
	for _, verb := range verbs {
		if word := t.Verbs[verb]; slices.Contains(does, verb) && !slices.Contains(said, word) {
			said = append(said, word)
		}
	}
	if len(said) < 2 {
		return strings.Join(said, "")
	}
	last := len(said) - 1
	return strings.Join(said[:last], ", ") + t.And + said[last]
}

func upper(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
