package secret_test

import (
	"fmt"
	"reflect"
	"testing"
)

// place is where the walker has been. A struct and its first field share an
// address, so the type belongs to it.
type place struct {
	address uintptr
	kind    reflect.Type
}

// walk collects everything that reflection alone can read from v: fields that
// are not exported, keys and values, what pointers lead to, and what functions
// without arguments return where reflect allows the call.
func walk(v reflect.Value, seen map[place]bool, found *[]string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			walk(v.Field(i), seen, found)
		}
	case reflect.Pointer, reflect.Interface:
		if v.Kind() == reflect.Pointer {
			here := place{v.Pointer(), v.Type()}
			if seen[here] {
				return
			}
			seen[here] = true
		}
		walk(v.Elem(), seen, found)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walk(v.Index(i), seen, found)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			walk(key, seen, found)
			walk(v.MapIndex(key), seen, found)
		}
	case reflect.Func:
		call(v, seen, found)
	case reflect.String:
		*found = append(*found, v.String())
	}
}

func call(v reflect.Value, seen map[place]bool, found *[]string) {
	defer func() { _ = recover() }() // reflect panics where it forbids the call
	for _, result := range v.Call(nil) {
		walk(result, seen, found)
	}
}

func reach(v any) []string {
	var found []string
	walk(reflect.ValueOf(v), map[place]bool{}, &found)
	return found
}

func TestReflectionCannotReachIt(t *testing.T) {
	for name, value := range values() {
		mustNotSing(t, name+" walked", fmt.Sprintf("%q", reach(value)))
	}
}

// A walker that finds nothing proves nothing, so here is what it does find.
func TestReflectionReachesWhatIsNotASecret(t *testing.T) {
	type plain struct{ hidden string }
	type open struct{ Plain func() string }
	type closed struct{ plain func() string }
	sing := func() string { return canary }
	tests := map[string]struct {
		value any
		want  int
	}{
		"unexported string":   {[]any{&plain{canary}}, 1},
		"map":                 {map[string]string{canary: canary}, 2},
		"exported closure":    {open{sing}, 1},
		"unexported closure":  {closed{sing}, 0},
		"closure in a slice":  {[]func() string{sing}, 1},
		"pointer to a string": {new(canary), 1},
	}
	for name, tt := range tests {
		if got := len(reach(tt.value)); got != tt.want {
			t.Errorf("%s: the walker found %d strings, want %d", name, got, tt.want)
		}
	}
}
