package api

import (
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
)

// clientMetadata is what a client says of itself (RFC 7591 section 2). What we do
// not know is ignored.
type clientMetadata struct {
	Name      string   `json:"client_name"`
	Redirects []string `json:"redirect_uris"`
	Grants    []string `json:"grant_types"`
	Responses []string `json:"response_types"`
	Scope     string   `json:"scope"`
	Auth      string   `json:"token_endpoint_auth_method"`
}

// registered is the answer (section 3.2.1).
type registered struct {
	ID      string `json:"client_id"`
	Secret  string `json:"client_secret,omitempty"`
	Made    int64  `json:"client_id_issued_at"`
	Expires *int64 `json:"client_secret_expires_at,omitempty"` // 0: never
	clientMetadata
}

// register is POST /oauth2/register.
func (s *Server) register(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	r, err := s.bearerRequest(c, broker.Registration, "")
	if err != nil {
		return err
	}
	var m clientMetadata
	if err := readBody(c, &m); err != nil {
		return err
	}
	client, err := m.client()
	if err != nil {
		return err
	}
	made, text, err := s.config.Broker.Register(ctx, t, r, client)
	if err != nil {
		return err
	}
	m.Scope = made.Scopes.String()
	a := registered{ID: made.ID, Made: made.Created.Unix(), clientMetadata: m}
	if !text.Empty() {
		a.Secret, a.Expires = text.Reveal(), new(int64)
	}
	return replyJSON(c.Context(), fiber.StatusCreated, a)
}

// client is what we make of it. What is left out is filled in, so that the answer
// tells of it.
func (m *clientMetadata) client() (c broker.Client, err error) {
	m.Grants, m.Responses = orElse(m.Grants, "authorization_code"), orElse(m.Responses, "code")
	if m.Auth == "" {
		m.Auth = "client_secret_basic"
	}
	switch {
	case slices.ContainsFunc(m.Grants, func(g string) bool { return g != "authorization_code" && g != "refresh_token" }):
		return c, errGrants
	case !slices.Equal(m.Responses, []string{"code"}):
		return c, errResponses
	case !slices.Contains([]string{"client_secret_basic", "client_secret_post", "none"}, m.Auth):
		return c, errAuthMethod
	}
	c = broker.Client{
		Name: m.Name, Redirects: m.Redirects, Public: m.Auth == "none", Grants: map[broker.GrantType]bool{},
		TokenTTL: broker.DefaultAccessTTL, Lasts: broker.DefaultSession, Grace: broker.DefaultGrace, Created: time.Now(),
	}
	for _, grant := range m.Grants {
		c.Grants[broker.GrantType(grant)] = true
	}
	c.Scopes, err = broker.ParseScopes(m.Scope)
	return c, err
}

func orElse(list []string, only string) []string {
	if list == nil {
		return []string{only}
	}
	return list
}

var (
	errGrants     = broker.Refuse(broker.InvalidMetadata, "grant_types may have authorization_code and refresh_token")
	errResponses  = broker.Refuse(broker.InvalidMetadata, "response_types is code")
	errAuthMethod = broker.Refuse(broker.InvalidMetadata, "token_endpoint_auth_method is client_secret_basic, client_secret_post or none")
)
