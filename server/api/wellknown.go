package api

import (
	"context"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/shapestoken/shapestoken/server/broker"
)

// jwks is GET /.well-known/jwks.json (RFC 7517).
func (s *Server) jwks(_ context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	return replyDocument(c.Context(), t.JWKS)
}

// metadata is both discovery documents: OpenID Connect Discovery and RFC 8414.
func (s *Server) metadata(_ context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	return replyDocument(c.Context(), t.Metadata)
}

// replyDocument serves from memory, and answers a verifier that has the
// current text with 304 (RFC 9110 section 13.1.2).
func replyDocument(ctx *fasthttp.RequestCtx, d broker.Document) error {
	h := &ctx.Response.Header
	reply(ctx, fiber.StatusOK, d.Body)
	h.Set(fiber.HeaderCacheControl, "public, max-age="+strconv.Itoa(int(d.MaxAge.Seconds())))
	h.Set(fiber.HeaderETag, d.ETag)
	if matches(string(ctx.Request.Header.Peek(fiber.HeaderIfNoneMatch)), d.ETag) {
		ctx.SetStatusCode(fiber.StatusNotModified)
		ctx.ResetBody()
	}
	return nil
}

// matches compares weakly, as If-None-Match does.
func matches(ifNoneMatch, etag string) bool {
	for candidate := range strings.SplitSeq(ifNoneMatch, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == "*" || candidate == etag {
			return true
		}
	}
	return false
}
