package api

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
)

// fields are what is wrong with the members of a body, by name: Omneo's API
// answers 422 and a list of them.
type fields map[string]string

func (f fields) Error() string {
	return fmt.Sprintf("these members are wrong: %v", slices.Sorted(maps.Keys(f)))
}

// text notes a member that is there and is no text, or none that can be printed.
func (f fields) text(name string, v jsontext.Value, text string) {
	is := v == nil || text != "" || v.Kind() == '"' || v.Kind() == 'n'
	if !is || len(text) > longestName || strings.ContainsFunc(text, notShown) {
		f[name] = "it must be a text of at most 256 bytes that can be printed"
	}
}

// failFields is failure in the dialect of Omneo's API, with what is wrong with each member.
func failFields(s *Server, c *fiber.Ctx, err error) error {
	wrong, is := err.(fields)
	if !is {
		return inBearer.fail(s, c, err)
	}
	tr := traceOf(c.Context())
	tr.err = broker.Refuse(broker.InvalidRequest, wrong.Error())
	lists := make(map[string][]string, len(wrong))
	for name, text := range wrong {
		lists[name] = []string{text}
	}
	return replyJSON(c.Context(), fiber.StatusUnprocessableEntity, struct {
		Message string              `json:"message"`
		Errors  map[string][]string `json:"errors"`
		ID      string              `json:"request_id"`
	}{"The given data was invalid.", lists, tr.id})
}
