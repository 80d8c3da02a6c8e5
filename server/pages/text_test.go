package pages

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Every language says everything, and names the same places in it.
func TestLanguagesSayTheSame(t *testing.T) {
	want := places(reflect.ValueOf(english))
	for _, l := range languages {
		got := places(reflect.ValueOf(*l))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", l.Tag, diff)
		}
	}
	for _, s := range []string{".SignInFor", ".Troubles.wrong_login", ".Faults..Text", ".Months.11", ".Things.contacts"} {
		if _, there := want[s]; !there {
			t.Errorf("%s was not looked at", s)
		}
	}
}

var place = regexp.MustCompile(`\{[^{}]*\}`)

// places are the places in each text of a table, by the text's name. That of an
// empty text is one that no other has.
func places(v reflect.Value) map[string][]string {
	found := map[string][]string{}
	gather(found, "", v)
	return found
}

func gather(found map[string][]string, name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		in := place.FindAllString(v.String(), -1)
		slices.Sort(in)
		if v.Len() == 0 {
			in = []string{"empty at " + name}
		}
		found[name] = slices.Compact(in)
	case reflect.Struct:
		for i := range v.NumField() {
			gather(found, name+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			gather(found, name+"."+key.String(), v.MapIndex(key))
		}
	case reflect.Array:
		for i := range v.Len() {
			gather(found, fmt.Sprintf("%s.%d", name, i), v.Index(i))
		}
	default:
		panic("a text that is a " + v.Kind().String())
	}
}

// An empty text is found, wherever it is.
func TestEmptyTextsAreFound(t *testing.T) {
	for name, in := range places(reflect.ValueOf(english)) {
		if len(in) == 1 && in[0] == "empty at "+name {
			t.Errorf("%s is empty", name)
		}
	}
	if cmp.Equal(places(reflect.ValueOf(text{})), places(reflect.ValueOf(english))) {
		t.Error("no texts are as good as all")
	}
}

func TestTrouble(t *testing.T) {
	for _, row := range []struct {
		trouble Trouble
		wait    time.Duration
		want    string
	}{
		{TooMany, 0, "There were too many tries. Please wait a little, then try again."},
		{TooMany, time.Second, "There were too many tries. Please try again in 1 second."},
		{TooMany, 1500 * time.Millisecond, "There were too many tries. Please try again in 2 seconds."},
		{TooMany, 90 * time.Second, "There were too many tries. Please try again in 90 seconds."},
		{TooMany, 91 * time.Second, "There were too many tries. Please try again in 2 minutes."},
		{TooMany, time.Hour, "There were too many tries. Please try again in 60 minutes."},
		{TooMany, -time.Second, "There were too many tries. Please wait a little, then try again."},
		{WrongLogin, time.Hour, english.Troubles[WrongLogin]},
		{"something else", 0, english.Troubles[Unavailable]},
	} {
		if got := english.trouble(row.trouble, row.wait); got != row.want {
			t.Errorf("%s, %v: %q", row.trouble, row.wait, got)
		}
	}
}

func TestDay(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	if en, de := english.Day(at), german.Day(at); en != "1 March 2026" || de != "1. März 2026" {
		t.Errorf("%q and %q", en, de)
	}
}
