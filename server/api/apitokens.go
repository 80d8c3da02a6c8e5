package api

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
)

// Omneo's method 2: tokens that a user makes beforehand.

// The scopes of a token with which its user's API tokens are looked at and ended.
// The one that making them takes is the rule's.
const (
	seesAPITokens = "api-tokens.read"
	endsAPITokens = "api-tokens.delete"
)

// apiTokens is POST and GET /api/v3/auth/api-tokens.
func (s *Server) apiTokens(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	if c.Method() == fiber.MethodPost {
		return s.makeAPIToken(ctx, c, t)
	}
	r, err := s.bearerRequest(c, broker.Bearer, seesAPITokens)
	if err != nil {
		return err
	}
	list, err := s.config.Broker.OwnTokens(ctx, t, r)
	if err != nil {
		return err
	}
	views := make([]apiToken, len(list))
	for i, a := range list {
		views[i] = viewOf(a)
	}
	return replyJSON(c.Context(), fiber.StatusOK, views)
}

func (s *Server) makeAPIToken(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	r, err := s.bearerRequest(c, broker.MakeAPIToken, "")
	if err == nil {
		r.Make, r.Scope, err = readAPIToken(c)
	}
	if err != nil {
		return err
	}
	g, err := s.config.Broker.Exchange(ctx, t, r)
	if err != nil {
		return err
	}
	made := broker.APIToken{
		ID: g.ID, User: g.Subject.ID, Client: g.Client, Name: r.Make.Name, Scopes: g.Scopes, Made: g.IssuedAt, Expires: g.ExpiresAt,
	}
	return replyJSON(c.Context(), fiber.StatusCreated, struct {
		Access string   `json:"accessToken"`
		Token  apiToken `json:"token"`
	}{g.Token, viewOf(made)})
}

// endAPIToken is DELETE /api/v3/auth/api-tokens/{id}.
func (s *Server) endAPIToken(ctx context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	r, err := s.bearerRequest(c, broker.Bearer, endsAPITokens)
	if err == nil {
		err = s.config.Broker.EndOwn(ctx, t, r, string(append([]byte(nil), c.Params("id")...)))
	}
	if err != nil {
		return err
	}
	reply(c.Context(), fiber.StatusNoContent, nil)
	return nil
}

// apiToken is how Omneo's SDK knows one. Times are RFC 3339.
type apiToken struct {
	ID      string        `json:"id"`
	User    string        `json:"user_id"`
	Client  *string       `json:"client_id"`
	Name    string        `json:"name"`
	Scopes  broker.Scopes `json:"scopes"`
	Revoked bool          `json:"revoked"`
	Made    time.Time     `json:"created_at"`
	Changed time.Time     `json:"updated_at"`
	Expires *time.Time    `json:"expires_at"`
}

func viewOf(a broker.APIToken) apiToken {
	v := apiToken{ID: a.ID, User: a.User, Name: a.Name, Scopes: a.Scopes, Revoked: !a.Revoked.IsZero(), Made: a.Made.UTC(), Changed: a.Made.UTC()}
	if v.Revoked {
		v.Changed = a.Revoked.UTC()
	}
	if a.Client != "" {
		v.Client = &a.Client
	}
	if !a.Expires.IsZero() {
		end := a.Expires.UTC()
		v.Expires = &end
	}
	return v
}

const longestName = 256

// readAPIToken reads how a user wishes a token. Its scopes are named: an API token
// lives long, so nobody gets all of them by leaving them out.
func readAPIToken(c *fiber.Ctx) (broker.NewToken, broker.Scopes, error) {
	var m apiTokenMembers
	if err := readBody(c, &m); err != nil {
		return broker.NewToken{}, nil, err
	}
	wrong := fields{}
	made := broker.NewToken{Name: text(m.Name)}
	if made.Name == "" || len(made.Name) > longestName || strings.ContainsFunc(made.Name, notShown) {
		wrong["name"] = "the name must be a text of 1 to 256 bytes that can be printed"
	}
	scopes := readScopes(m.Scopes)
	if len(scopes) == 0 {
		wrong["scopes"] = `the scopes must be an array of names, such as ["read-profiles"], or ["*"] for all that are granted`
	}
	if m.Expires != nil && m.Expires.Kind() != 'n' {
		end, err := time.Parse(time.RFC3339, text(m.Expires))
		if err != nil {
			wrong["expires_at"] = "the end must be a time such as 2027-01-31T12:00:00Z (RFC 3339), or left out for none"
		}
		made.Expires = end.UTC().Truncate(time.Second)
	}
	if len(wrong) > 0 {
		return broker.NewToken{}, nil, wrong
	}
	return made, scopes, nil
}

// readScopes is empty for what is no list of scopes.
func readScopes(v jsontext.Value) (list broker.Scopes) {
	if json.Unmarshal(v, &list) != nil {
		return nil
	}
	for _, name := range list {
		if !broker.ValidScope(name) {
			return nil
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func notShown(r rune) bool { return !unicode.IsPrint(r) }
