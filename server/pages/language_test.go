package pages_test

import (
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/pages"
)

func TestLanguage(t *testing.T) {
	for accept, want := range map[string]pages.Lang{
		"":                                    pages.English,
		"en":                                  pages.English,
		"de":                                  pages.German,
		"DE":                                  pages.German,
		"de-AT":                               pages.German,
		"de-Latn-CH,de;q=0.9":                 pages.German,
		"en-GB,en;q=0.9,de;q=0.8":             pages.English,
		"de;q=0.8,en":                         pages.English,
		"en;q=0.8,de":                         pages.German,
		"en;q=0.5, de;q=0.501":                pages.German,
		"en ; q=0.1 , de ; q=0.2":             pages.German,
		"de,en":                               pages.German, // both the same: the first
		"fr,de;q=0.5":                         pages.German,
		"fr":                                  pages.English,
		"*":                                   pages.English,
		"fr,*;q=0.5":                          pages.English,
		"*,de;q=0.5":                          pages.English,
		"*;q=0.5,de;q=0.6":                    pages.German,
		"de;q=0":                              pages.English,
		"en;q=0,de;q=0.1":                     pages.German,
		"de;q=0.0":                            pages.English,
		"de;Q=0.7,en;q=0.3":                   pages.German,
		"de;q=NaN":                            pages.English,
		"de;q=Inf":                            pages.English,
		"de;q=2":                              pages.English,
		"de;q=-1":                             pages.English,
		"de;q=":                               pages.English,
		"de;level=1":                          pages.English,
		"deu":                                 pages.English,
		"de_DE":                               pages.English, // no language tag
		";;;,,,;q=1,=":                        pages.English,
		strings.Repeat("x;q=1,", 2000) + "de": pages.German,
		"\x00de":                              pages.English,
	} {
		if got := pages.Language(accept); got != want {
			t.Errorf("%.60q: %d, want %d", accept, got, want)
		}
	}
}

// A language that there is not is English.
func TestUnknownLanguage(t *testing.T) {
	if got := attribute(find(parse(t, sample(t, "login"), 99), "html")[0], "lang"); got != "en" {
		t.Errorf("got %q", got)
	}
}
