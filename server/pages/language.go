package pages

import (
	"strconv"
	"strings"
)

// Lang is a language that the pages speak. The zero value is English.
type Lang uint8

// The languages.
const (
	English Lang = iota
	German
)

var languages = [...]*text{English: &english, German: &german}

func (l Lang) text() *text {
	if int(l) < len(languages) {
		return languages[l]
	}
	return languages[English]
}

// Language is the one that an Accept-Language header asks for most (RFC 9110
// section 12.5.4), of those there are: English for everything else.
func Language(accept string) Lang {
	var best Lang
	most := 0.0
	for part := range strings.SplitSeq(accept, ",") {
		tag, parameters, _ := strings.Cut(part, ";")
		l, known := named(strings.TrimSpace(tag))
		if q := quality(parameters); known && q > most {
			best, most = l, q
		}
	}
	return best
}

// named finds a language by the first part of a tag, which says all that matters
// here: de-AT is German. "*" is the one that is spoken unasked.
func named(tag string) (Lang, bool) {
	primary, _, _ := strings.Cut(tag, "-")
	for l, t := range languages {
		if strings.EqualFold(primary, t.Tag) {
			return Lang(l), true
		}
	}
	return English, primary == "*"
}

// quality is a weight: 1 if there is none, 0 if it is none.
func quality(parameters string) float64 {
	name, value, weighed := strings.Cut(strings.TrimSpace(parameters), "=")
	if !weighed {
		return 1
	}
	q, err := strconv.ParseFloat(value, 64)
	if err != nil || !strings.EqualFold(name, "q") || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}
