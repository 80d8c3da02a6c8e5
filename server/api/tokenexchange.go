package api

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// exchangeToken is a request for one token in return for another (RFC 8693 section 2.1).
func (s *Server) exchangeToken(ctx context.Context, c *fiber.Ctx, t *broker.Tenant, p params, r *broker.Request) (err error) {
	if err = p.needs("subject_token"); err != nil {
		return err
	}
	if r.Subject, err = offer(p, "subject_token"); err != nil {
		return err
	}
	if r.Actor, err = offer(p, "actor_token"); err != nil {
		return err
	}
	switch r.Wants = broker.TokenType(p.text("requested_token_type")); r.Wants {
	case "":
		r.Wants = broker.TypeAccessToken
	case broker.TypeAccessToken, broker.TypeIDToken:
	default:
		return errRequestedType
	}
	g, err := s.config.Broker.Exchange(ctx, t, r)
	if err != nil {
		return err
	}
	return replyJSON(c.Context(), fiber.StatusOK, exchangedFor(g))
}

// offer reads a token and what it is said to be: there are both, or neither.
func offer(p params, name string) (broker.Offer, error) {
	text, _ := p.one(name)
	kind, typed := p.one(name + "_type")
	o := broker.Offer{Text: secret.New(text), Type: broker.TokenType(kind)}
	switch {
	case o.Text.Empty() && !typed:
		return broker.Offer{}, nil
	case o.Text.Empty():
		return broker.Offer{}, broker.Refuse(broker.InvalidRequest, name+" is missing")
	case !slices.Contains(offered, kind):
		return broker.Offer{}, broker.Refuse(broker.InvalidRequest, name+"_type is one of "+strings.Join(offered, ", "))
	}
	return o, nil
}

var (
	offered          = []string{string(broker.TypeAccessToken), string(broker.TypeIDToken), string(broker.TypeJWT)}
	errRequestedType = broker.Refuse(broker.InvalidRequest, "requested_token_type is "+string(broker.TypeAccessToken)+" or "+string(broker.TypeIDToken))
)

// exchanged is RFC 8693 section 2.2.1.
type exchanged struct {
	Token     string           `json:"access_token"` // whatever it is
	Issued    broker.TokenType `json:"issued_token_type"`
	Type      string           `json:"token_type"`
	ExpiresIn int64            `json:"expires_in"`
	Scope     string           `json:"scope,omitempty"`
}

func exchangedFor(g broker.Grant) exchanged {
	e := exchanged{
		Token: g.Token, Issued: broker.TypeAccessToken, Type: "Bearer",
		ExpiresIn: int64(g.ExpiresAt.Sub(g.IssuedAt).Seconds()), Scope: g.Scopes.String(),
	}
	if g.Yields == broker.YieldIDToken {
		e.Issued, e.Type = broker.TypeIDToken, "N_A" // it is no access token
	}
	return e
}
