package api

import (
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// A dialect is how one system tells errors: which status a code has where that
// differs from the usual, and what stands in the body.
type dialect struct {
	statuses map[broker.Code]int
	rename   map[broker.Code]broker.Code // where it has another word for the same
	body     func(e *broker.Error) told
	asks     string // what WWW-Authenticate says with a 401; empty: nothing
}

// usual are the statuses of all dialects. A code that is not in it is a fault of ours.
var usual = map[broker.Code]int{
	broker.InvalidRequest:   fiber.StatusBadRequest,
	broker.InvalidSignature: fiber.StatusUnauthorized,
	broker.SecretMissing:    fiber.StatusUnauthorized,
	broker.SignatureExpired: fiber.StatusUnauthorized,
	broker.SignatureVersion: fiber.StatusUnauthorized,
	broker.InvalidClient:    fiber.StatusUnauthorized,
	broker.InvalidToken:     fiber.StatusUnauthorized,
	broker.InvalidGrant:     fiber.StatusBadRequest,
	broker.InvalidScope:     fiber.StatusBadRequest,
	broker.InvalidTarget:    fiber.StatusBadRequest,
	broker.Unauthorized:     fiber.StatusBadRequest,
	broker.UnsupportedGrant: fiber.StatusBadRequest,
	broker.InvalidRedirect:  fiber.StatusBadRequest,
	broker.InvalidMetadata:  fiber.StatusBadRequest,
	broker.LacksScope:       fiber.StatusForbidden,
	broker.OriginNotAllowed: fiber.StatusForbidden,
	broker.AccessDenied:     fiber.StatusForbidden,
	broker.NotFound:         fiber.StatusNotFound,
	broker.RateLimited:      fiber.StatusTooManyRequests,
	broker.Unavailable:      fiber.StatusServiceUnavailable,
}

// The dialects (contract sections 2 and 9).
var (
	inShopify      = dialect{body: shopifyError}
	inOAuth        = dialect{body: oauthError, asks: askBasic, statuses: oauthStatuses, rename: oauthCodes}
	inOmneo        = dialect{body: omneoError, asks: askBasic}
	inBearer       = dialect{body: plainError, asks: askBearer}
	inLogin        = dialect{body: omneoError, asks: askBasic, statuses: map[broker.Code]int{broker.InvalidGrant: fiber.StatusUnauthorized, broker.NeedsSignIn: fiber.StatusUnauthorized}}
	inRegistration = dialect{body: oauthError, asks: askBearer}
	inPages        = dialect{statuses: map[broker.Code]int{broker.InvalidClient: fiber.StatusBadRequest, broker.InvalidGrant: fiber.StatusUnauthorized, broker.NeedsSignIn: fiber.StatusUnauthorized}}
	inOmniLab      = dialect{body: oauthError, asks: askBasic, statuses: omniLabStatuses, rename: omniLabCodes}
)

// A token that is offered for another and is not good is a fault of the request
// (RFC 8693 section 2.2.2).
var (
	oauthStatuses = map[broker.Code]int{broker.InvalidToken: fiber.StatusBadRequest, broker.InvalidSignature: fiber.StatusBadRequest}
	oauthCodes    = map[broker.Code]broker.Code{broker.InvalidToken: broker.InvalidRequest, broker.InvalidSignature: broker.InvalidRequest}
)

const (
	askBasic  = `Basic realm="shapestoken", charset="UTF-8"`
	askBearer = `Bearer realm="shapestoken"`
)

// fail is the one place where an error becomes an answer; nil is none.
func (d dialect) fail(_ *Server, c *fiber.Ctx, err error) error {
	if err != nil {
		status, e := d.statusOf(err)
		d.replyError(c.Context(), status, e)
	}
	return nil
}

func (d dialect) statusOf(err error) (int, *broker.Error) {
	if f := (*failure)(nil); errors.As(err, &f) {
		return f.status, f.says
	}
	e := broker.AsError(err)
	if status, own := d.statuses[e.Code]; own {
		return status, e
	}
	if status, known := usual[e.Code]; known {
		return status, e
	}
	return fiber.StatusInternalServerError, e
}

func (d dialect) replyError(ctx *fasthttp.RequestCtx, status int, e *broker.Error) {
	tr := traceOf(ctx)
	tr.err = e
	said := *e
	said.Code = d.public(e.Code)
	text := d.body(&said)
	text.ID = tr.id
	body, err := json.Marshal(text)
	if err != nil {
		body = []byte(`{"error":"server_error"}`)
	}
	reply(ctx, status, body)
	retryAfter(ctx, status, e)
	if d.asks != "" && (status == fiber.StatusUnauthorized || e.Code == broker.LacksScope) {
		ctx.Response.Header.Set(fiber.HeaderWWWAuthenticate, d.challenge(e))
	}
}

// public hides our vocabulary where a dialect has one word for two.
func (d dialect) public(c broker.Code) broker.Code {
	if own, renamed := d.rename[c]; renamed {
		return own
	}
	if c == broker.Unavailable {
		return broker.ServerError
	}
	return c
}

// challenge names what is wrong with a token, if there is one (RFC 6750 section 3).
func (d dialect) challenge(e *broker.Error) string {
	if d.asks == askBearer && e != errNoBearer {
		return d.asks + `, error="` + string(e.Code) + `"`
	}
	return d.asks
}

// told is a body that tells an error; each dialect fills what it has.
type told struct {
	Error       broker.Code `json:"error,omitempty"`
	Description string      `json:"error_description,omitempty"`
	Message     string      `json:"message,omitempty"`
	ID          string      `json:"request_id"`
}

func shopifyError(e *broker.Error) told { return told{Error: e.Code, Message: e.Message} }

// oauthError is RFC 6749 section 5.2.
func oauthError(e *broker.Error) told { return told{Error: e.Code, Description: e.Message} }

// omneoError is that, with the message where Omneo's clients look for it.
func omneoError(e *broker.Error) told {
	return told{Error: e.Code, Description: e.Message, Message: e.Message}
}

// plainError is what the rest of Omneo's API answers.
func plainError(e *broker.Error) told { return told{Message: e.Message} }
