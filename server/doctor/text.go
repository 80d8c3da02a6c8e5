package doctor

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// width is how many characters a line of the report aims at.
const width = 100

// String lays the report out for a terminal: a heading, the findings in
// columns, and a line that sums them up.
func (r Report) String() string {
	column := 0
	for _, f := range r.Findings {
		column = max(column, len(f.Code))
	}
	var b strings.Builder
	b.WriteString(r.heading() + "\n\n")
	for _, f := range r.Findings {
		lead := fmt.Sprintf("%-7s  %-*s  ", f.Level, column, f.Code)
		b.WriteString(lead + hang(f.Seen, len(lead)) + "\n")
		if f.Fix != "" {
			b.WriteString(strings.Repeat(" ", len(lead)) + hang("Do: "+f.Fix, len(lead)) + "\n")
		}
	}
	return b.String() + "\n" + r.summary()
}

func (r Report) heading() string {
	switch {
	case r.HTML == "":
		return r.URL + ", as a guest sees it"
	case r.URL == "":
		return r.HTML + ", a saved page"
	}
	return r.HTML + ", a saved page of " + r.URL
}

func (r Report) summary() string {
	found := []string{}
	for _, l := range []Level{Error, Warning, Note} {
		if n := r.Count(l); n > 0 {
			found = append(found, plural(n, string(l)))
		}
	}
	verdict := "Healthy, as far as can be seen from outside"
	if !r.OK {
		verdict = "Not healthy"
	}
	if len(found) == 0 {
		return verdict + "."
	}
	return verdict + ": " + strings.Join(found, ", ") + "."
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// hang breaks a text between words into lines, all but the first indented.
func hang(text string, indent int) string {
	var b strings.Builder
	at := indent
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}
