package seal

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shapestoken/shapestoken/server/broker"
)

// decode reads an encoded place back. That it can is the proof that no two
// places have the same encoding.
func decode(t *rapid.T, encoded []byte) broker.Place {
	var fields [4]string
	for i := range fields {
		n, width := binary.Uvarint(encoded)
		if width <= 0 || n > uint64(len(encoded)-width) {
			t.Fatalf("field %d cannot be read back", i)
		}
		end := width + int(n)
		fields[i], encoded = string(encoded[width:end]), encoded[end:]
	}
	if len(encoded) > 0 {
		t.Fatalf("%d bytes left over", len(encoded))
	}
	return broker.Place{Tenant: fields[0], Table: fields[1], Column: fields[2], Row: fields[3]}
}

func TestPlaceCanBeReadBack(t *testing.T) {
	field := rapid.OneOf(
		rapid.String(),
		rapid.Map(rapid.IntRange(100, 300), func(n int) string { return strings.Repeat("\x01", n) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		p := broker.Place{
			Tenant: field.Draw(t, "tenant"), Table: field.Draw(t, "table"),
			Column: field.Draw(t, "column"), Row: field.Draw(t, "row"),
		}
		if diff := cmp.Diff(p, decode(t, encode(p))); diff != "" {
			t.Fatal(diff)
		}
	})
}

// The same letters, cut into fields at any two spots, are different places.
func TestCutsDoNotCollide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune{'a', 0, 1, 2}), 2, 12, -1).Draw(t, "text")
		cut := func(name string) broker.Place {
			i := rapid.IntRange(0, len(text)).Draw(t, name)
			j := rapid.IntRange(i, len(text)).Draw(t, name)
			return broker.Place{Tenant: text[:i], Table: text[i:j], Column: text[j:], Row: ""}
		}
		a, b := cut("a"), cut("b")
		if bytes.Equal(encode(a), encode(b)) != (a == b) {
			t.Fatalf("%v and %v have the same encoding", a, b)
		}
	})
}

func TestPlaceIsOneLine(t *testing.T) {
	got := broker.Place{Tenant: "acme", Table: "shop", Column: "id_secret", Row: "1\n\x1b[2J\u2028\""}.String()
	if want := `"acme"/"shop"/"id_secret"/"1\n\x1b[2J\u2028\""`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
