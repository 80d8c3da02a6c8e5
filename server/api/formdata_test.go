package api

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzMultipart: what is taken is what Go's own reader finds in it, each value
// once and in UTF-8, and no file.
func FuzzMultipart(f *testing.F) {
	part := func(head, value string) string {
		return "--b\r\nContent-Disposition: " + head + "\r\n\r\n" + value + "\r\n"
	}
	for _, body := range []string{
		"--b--", "\r\n--b--", "--b\r\n\r\n--b--", "--b\r\n\r\n\r\n--b--\r\n",
		part(`form-data; name="a"`, "1") + "--b--\r\n",
		part(`form-data; name="a"`, "1") + part(`form-data; name=b`, "x\r\n--bb\r\ny") + "--b--",
		part(`form-data; name="a"; filename=""`, "1") + "--b--\r\n",
		part(`form-data; name="a"`, "\xff") + "--b--\r\n",
		part(`form-data; name="a"`, "1") + part(`form-data; name="a"`, "2") + "--b--\r\n",
		strings.Repeat(part(`form-data; name="a"`, "1"), 70) + "--b--\r\n",
		part("form-data; name*=utf-8''%C3%BC", "1") + "--b--\r\n",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := multipartParams(body, "b")
		if err != nil {
			if p != nil {
				t.Fatalf("%v with %v", err, p)
			}
			return
		}
		form, err := multipart.NewReader(bytes.NewReader(body), "b").ReadForm(1 << 20)
		if err != nil || len(form.File) > 0 || len(form.Value) != len(p) || len(p) > mostParams {
			t.Fatalf("%v: %v, and Go finds %v", p, err, form)
		}
		for name, list := range p {
			if len(list) != 1 || len(form.Value[name]) != 1 || form.Value[name][0] != list[0] || !utf8.ValidString(list[0]) || name == "" {
				t.Fatalf("%q is %q, and Go finds %q", name, list, form.Value[name])
			}
		}
	})
}
