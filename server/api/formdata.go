package api

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"unicode/utf8"

	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
)

var (
	errParts = broker.Refuse(broker.InvalidRequest, "the body is not multipart/form-data as RFC 7578 has it: nothing before the first boundary, nothing after the last, and names and values in UTF-8")
	errFile  = broker.Refuse(broker.InvalidRequest, "a parameter is a file")
)

// readForm reads a form in either spelling of the web's. A body of another kind
// is a form in which nothing stands.
func readForm(ctx *fasthttp.RequestCtx) (params, error) {
	h := &ctx.Request.Header
	if len(h.ContentEncoding()) > 0 {
		return nil, errBodyKind
	}
	if isForm(h.ContentType()) {
		return formParams(string(ctx.Request.Body()))
	}
	media, extra, err := mime.ParseMediaType(string(h.ContentType()))
	if err != nil || media != "multipart/form-data" {
		return params{}, nil
	}
	return multipartParams(ctx.Request.Body(), extra["boundary"])
}

// multipartParams reads RFC 7578's parts, of a body that is in memory: its size
// bounds all of them.
func multipartParams(body []byte, boundary string) (params, error) {
	opening, closing := []byte("--"+boundary+"\r\n"), []byte("\r\n--"+boundary+"--")
	if boundary == "" || !bytes.HasPrefix(body, opening) || !bytes.HasSuffix(bytes.TrimSuffix(body, []byte("\r\n")), closing) {
		return nil, errParts
	}
	p, r := params{}, multipart.NewReader(bytes.NewReader(body), boundary)
	for n := 0; ; n++ {
		part, err := r.NextRawPart()
		switch {
		case err == io.EOF: // and no error that wraps it: then something is missing
			return p, nil
		case err != nil:
			return nil, errParts
		case n == mostParams:
			return nil, errTooMany
		}
		name, value, err := readPart(part)
		if err != nil {
			return nil, err
		}
		if _, there := p[name]; there {
			return nil, errRepeated
		}
		p[name] = []string{value}
	}
}

func readPart(part *multipart.Part) (name, value string, err error) {
	kind, extra, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil || kind != "form-data" || extra["name"] == "" || part.Header.Get("Content-Transfer-Encoding") != "" {
		return "", "", errParts
	}
	if _, file := extra["filename"]; file {
		return "", "", errFile
	}
	text, err := io.ReadAll(part)
	if err != nil || !utf8.Valid(text) || !utf8.ValidString(extra["name"]) {
		return "", "", errParts
	}
	return extra["name"], string(text), nil
}
