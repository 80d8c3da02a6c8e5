package api

import (
	"bytes"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/gofiber/fiber/v2"
)

// members are the fields of the exchange's body, each still raw JSON (nil: it
// is absent). Unknown members are ignored, which deployed snippets rely on.
type members struct {
	ID        jsontext.Value `json:"id"`
	Signature jsontext.Value `json:"signature"`
	Shop      jsontext.Value `json:"shop"`
	Timestamp jsontext.Value `json:"timestamp"`
}

// profileMembers are those of a request for a profile's token.
type profileMembers struct {
	ID     jsontext.Value `json:"id"`
	Handle jsontext.Value `json:"id_handle"`
}

// apiTokenMembers are those of a request for an API token.
type apiTokenMembers struct {
	Name    jsontext.Value `json:"name"`
	Scopes  jsontext.Value `json:"scopes"`
	Expires jsontext.Value `json:"expires_at"`
}

// readBody reads the members of a JSON body into m.
func readBody(c *fiber.Ctx, m any) error {
	h := &c.Context().Request.Header
	if !isJSON(h.ContentType()) || len(h.ContentEncoding()) > 0 {
		return errNotJSON
	}
	return readObject(c.Context().Request.Body(), m)
}

// readObject takes the members from an object. Unlike encoding/json it refuses
// duplicate keys, bad UTF-8 and trailing data, and tells "ID" from "id": what
// is signed must not depend on who reads it.
func readObject(body []byte, m any) error {
	body = bytes.TrimLeft(body, " \t\r\n")
	if len(body) == 0 || body[0] != '{' || tooDeep(body) {
		return errNotObject
	}
	if json.Unmarshal(body, m) != nil {
		return errNotObject // without the cause, which quotes the body
	}
	return nil
}

// text is a member that must be a string; empty if it is absent, something
// else, or empty.
func text(v jsontext.Value) string {
	s, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return ""
	}
	return string(s)
}

// unreadable fits no grammar.
const unreadable = "\x00"

// sent is the text of a member that may be left out: what was sent and says
// nothing must not be taken for left out.
func sent(v jsontext.Value, text string) string {
	if v != nil && text == "" {
		return unreadable
	}
	return text
}

// digits is a member that may be a number as well: deployed snippets send ids
// both ways. A number is taken as its exact text; a float would change the larger ones.
func digits(v jsontext.Value) string {
	if v.Kind() == '0' {
		return string(v)
	}
	return text(v)
}

const deepest = 8 // levels of nesting; more is an attack, not a snippet

// tooDeep counts brackets outside strings, before anything is built from them.
func tooDeep(body []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch b := body[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			if depth++; depth > deepest {
				return true
			}
		case b == '}' || b == ']':
			depth--
		}
	}
	return false
}
