package secret_test

import (
	"bytes"
	"database/sql/driver"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"text/template"

	"github.com/BurntSushi/toml"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/shapestoken/shapestoken/server/secret"
)

// canary is what must not be seen, in any of the shapes that encoders give it.
const canary = "canary-7Qx9"

var spellings = []string{
	canary,
	strings.ToLower(fmt.Sprintf("%x", canary)),
	strings.ToUpper(fmt.Sprintf("%x", canary)),
	strings.Trim(fmt.Sprint([]byte(canary)), "[]"),
	"Y2FuYXJ5LTdReD", // base64, as far as it does not depend on what follows
}

func mustNotSing(t *testing.T, where, output string) {
	t.Helper()
	for _, s := range spellings {
		if strings.Contains(output, s) {
			t.Errorf("%s shows the secret: %s", where, output)
		}
	}
}

// holder is a struct as configuration and requests have them, with the secret
// wherever a field can keep one.
type holder struct {
	Name    string
	Text    secret.Text
	Pointer *secret.Text
	Slice   []secret.Text
	Array   [1]secret.Text
	Map     map[string]secret.Text
	Any     any
	hidden  secret.Text
	inner   struct{ Deep *secret.Text }
}

func newHolder() holder {
	text := secret.New(canary)
	h := holder{
		Name: "plain", Text: text, Pointer: &text, Slice: []secret.Text{text}, Array: [1]secret.Text{text},
		Map: map[string]secret.Text{"k": text}, Any: text, hidden: text,
	}
	h.inner.Deep = &text
	return h
}

// values are the secret itself and everything it may be wrapped in.
func values() map[string]any {
	text, h := secret.New(canary), newHolder()
	return map[string]any{
		"text": text, "pointer": &text, "slice": h.Slice, "array": h.Array, "map": h.Map,
		"struct": h, "struct pointer": &h, "any": []any{text, &text, h},
	}
}

func TestFmt(t *testing.T) {
	flags := []string{"", "+", "#", "-", " ", "0", "20", ".3", "+#20.3", "[1]"}
	for name, value := range values() {
		for verb := 'A'; verb <= 'z'; verb++ {
			for _, flag := range flags {
				format := "%" + flag + string(verb)
				mustNotSing(t, name+" with "+format, fmt.Sprintf(format, value))
			}
		}
		mustNotSing(t, name+" printed", fmt.Sprint(value)+fmt.Sprintln(value))
		mustNotSing(t, name+" in an error", fmt.Errorf("context: %v", value).Error())
	}
}

func TestShown(t *testing.T) {
	text := secret.New(canary)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%.2s"} {
		for name, got := range map[string]string{
			"value": fmt.Sprintf(verb, text), "pointer": fmt.Sprintf(verb, &text), "empty": fmt.Sprintf(verb, secret.Text{}),
		} {
			if got != "[secret]" {
				t.Errorf("%s of a %s = %q, want [secret]", verb, name, got)
			}
		}
	}
	if text.String() != "[secret]" || text.GoString() != "[secret]" {
		t.Errorf("String %q, GoString %q, want [secret]", text.String(), text.GoString())
	}
}

func TestSlog(t *testing.T) {
	handlers := map[string]func(io.Writer) slog.Handler{
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		"json": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	}
	for name, handler := range handlers {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			log := slog.New(handler(&out))
			for kind, value := range values() {
				log.Info("logged", kind, value)
				log.With(kind, value).WithGroup("g").Info("grouped", slog.Group("h", slog.Any(kind, value)))
			}
			mustNotSing(t, "slog", out.String())
			out.Reset()
			log.Info("one", "password", secret.New(canary))
			if !strings.Contains(out.String(), "[secret]") {
				t.Errorf("want [secret] in %s", out.String())
			}
		})
	}
}

func TestEncodersRefuse(t *testing.T) {
	type body struct{ Password secret.Text }
	encoders := map[string]func(io.Writer, any) error{
		"json":    func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
		"json v2": func(w io.Writer, v any) error { return jsonv2.MarshalWrite(w, v) },
		"xml":     func(w io.Writer, v any) error { return xml.NewEncoder(w).Encode(v) },
		"gob":     func(w io.Writer, v any) error { return gob.NewEncoder(w).Encode(v) },
		"toml":    func(w io.Writer, v any) error { return toml.NewEncoder(w).Encode(v) },
	}
	text := secret.New(canary)
	for name, encode := range encoders {
		for kind, value := range map[string]any{"text": text, "struct": body{text}, "pointer": &body{text}} {
			var out bytes.Buffer
			err := encode(&out, value)
			if !errors.Is(err, secret.ErrWritten) {
				t.Errorf("%s of a %s: error %v, want ErrWritten", name, kind, err)
			}
			mustNotSing(t, name+" of a "+kind, fmt.Sprint(out.String(), err))
		}
	}
}

func TestMarshalRefuses(t *testing.T) {
	text := secret.New(canary)
	for name, marshal := range map[string]func() ([]byte, error){"text": text.MarshalText, "json": text.MarshalJSON} {
		if out, err := marshal(); out != nil || !errors.Is(err, secret.ErrWritten) {
			t.Errorf("%s: %q, %v, want ErrWritten alone", name, out, err)
		}
	}
}

// Postgres' driver would take a Stringer for a text column.
func TestDatabasesRefuse(t *testing.T) {
	text := secret.New(canary)
	if out, err := pgtype.NewMap().Encode(pgtype.TextOID, pgtype.TextFormatCode, text, nil); !errors.Is(err, secret.ErrWritten) {
		t.Errorf("pgx encodes a secret as %q, %v, want ErrWritten", out, err)
	}
	if out, err := driver.DefaultParameterConverter.ConvertValue(&text); !errors.Is(err, secret.ErrWritten) {
		t.Errorf("database/sql converts a secret to %v, %v, want ErrWritten", out, err)
	}
}

func TestEncodersOfNestedValues(t *testing.T) {
	for name, value := range values() {
		plain, err := json.Marshal(value)
		mustNotSing(t, name+" in json", fmt.Sprint(string(plain), err))
		plain, err = xml.Marshal(value)
		mustNotSing(t, name+" in xml", fmt.Sprint(string(plain), err))
		var out bytes.Buffer
		err = gob.NewEncoder(&out).Encode(value)
		mustNotSing(t, name+" in gob", fmt.Sprint(out.String(), err))
	}
}

func TestCmp(t *testing.T) {
	all := cmp.Exporter(func(reflect.Type) bool { return true })
	a, b := newHolder(), newHolder()
	b.Name, b.Text, b.hidden = "other", secret.New(canary+"2"), secret.New(canary+"3")
	b.Pointer, b.inner.Deep, b.Slice = &b.Text, &b.hidden, nil
	b.Map = map[string]secret.Text{"k": b.Text, "l": b.hidden}
	diff := cmp.Diff(a, b, all)
	mustNotSing(t, "cmp.Diff", diff)
	for _, want := range []string{"Name", "hidden", "Deep"} {
		if !strings.Contains(diff, want) {
			t.Errorf("cmp.Diff missed that %s differs:\n%s", want, diff)
		}
	}
	// Without the Equal method, cmp would look into the struct itself.
	type bare secret.Text
	mustNotSing(t, "cmp.Diff of the struct", cmp.Diff(bare(a.Text), bare(b.Text), all))
}

func TestTemplates(t *testing.T) {
	type executor interface {
		Execute(io.Writer, any) error
	}
	templates := map[string]executor{
		"text":         template.Must(template.New("").Parse(`{{.}} {{printf "%v %s %q" . . .}}`)),
		"text nested":  template.Must(template.New("").Parse(`{{range .}}{{.}}{{end}}`)),
		"html":         htmltemplate.Must(htmltemplate.New("").Parse(`<p title="{{.}}">{{.}}</p>`)),
		"html script":  htmltemplate.Must(htmltemplate.New("").Parse(`<script>x = {{.}}</script>`)),
		"html address": htmltemplate.Must(htmltemplate.New("").Parse(`<a href="/?q={{.}}">{{.}}</a>`)),
	}
	for name, tmpl := range templates {
		for kind, value := range values() {
			var out bytes.Buffer
			err := tmpl.Execute(&out, value)
			mustNotSing(t, name+" template with "+kind, fmt.Sprint(out.String(), err))
		}
	}
}
