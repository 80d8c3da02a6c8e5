package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
)

// problems are what is wrong with a request's parameters, as OMI lists them
// (FastAPI, "Handling errors").
type problems []problem

type problem struct {
	Type    string   `json:"type"`
	Where   []string `json:"loc"` // query or body, and the parameter
	Message string   `json:"msg"`
	Input   any      `json:"input"` // never what was sent
}

func (p problems) Error() string { return "parameters are missing" }

// lacking are the parameters that are missing. An empty one of a form is, too.
func (p params) lacking(where string, names ...string) error {
	var list problems
	for _, name := range names {
		if value, there := p.one(name); !there || value == "" && where == inBody {
			list = append(list, problem{Type: "missing", Where: []string{where, name}, Message: "Field required"})
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

const (
	inQuery = "query"
	inBody  = "body"
)

// failDetail tells an error as OMI does: all of it is in detail.
func failDetail(_ *Server, c *fiber.Ctx, err error) error {
	if err == nil {
		return nil
	}
	tr := traceOf(c.Context())
	if list, is := err.(problems); is {
		tr.err = broker.Refuse(broker.InvalidRequest, list.Error())
		return replyJSON(c.Context(), fiber.StatusUnprocessableEntity, detail{list})
	}
	status, e := inShopify.statusOf(err)
	tr.err = e
	retryAfter(c.Context(), status, e)
	return replyJSON(c.Context(), status, detail{e.Message})
}

type detail struct {
	Detail any `json:"detail"`
}
