package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
)

// OmniLab's dialect. Its requests and errors are those of Auth0's
// machine-to-machine flow.

var (
	omniLabStatuses = map[broker.Code]int{
		broker.InvalidTarget: fiber.StatusForbidden,
		broker.InvalidScope:  fiber.StatusForbidden,
		broker.Unauthorized:  fiber.StatusForbidden,
	}
	omniLabCodes = map[broker.Code]broker.Code{
		broker.InvalidClient: broker.AccessDenied,
		broker.InvalidTarget: broker.AccessDenied,
		broker.InvalidScope:  broker.AccessDenied,
	}
)

// omniLabToken is POST /v1/oauth:token (contract section 9).
func (s *Server) omniLabToken(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	p, r, err := s.tokenRequest(c)
	if err == nil {
		err = p.needs("audience")
	}
	if err != nil {
		return err
	}
	if p.text("grant_type") != "client_credentials" {
		return errGrantType
	}
	r.Grant = broker.ClientCredentials
	return s.exchangeAccess(ctx, c, t, r)
}
