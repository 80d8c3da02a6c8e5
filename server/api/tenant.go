package api

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
)

// tenant finds whose request this is from the URL alone, because a preflight
// has nothing else: host api.{tenant}.{base}, or the path prefix /t/{tenant}.
func (s *Server) tenant(ctx context.Context, c *fiber.Ctx) (*broker.Tenant, error) {
	byHost, isHost := tenantOfHost(hostOf(c.Context()), s.config.BaseDomains)
	name := pathTenantOf(c.Context())
	switch {
	case name == "" && !isHost, name != "" && isHost && name != byHost:
		return nil, errMisdirected
	case name == "":
		name = byHost
	}
	t, err := s.config.Tenants.Tenant(ctx, name)
	switch {
	case errors.Is(err, broker.ErrNoTenant) && isHost:
		return nil, errMisdirected
	case errors.Is(err, broker.ErrNoTenant):
		return nil, errNoSuchTenant
	case err != nil:
		return nil, err
	}
	traceOf(c.Context()).tenant = t.Name
	return t, nil
}
