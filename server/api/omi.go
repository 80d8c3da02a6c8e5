package api

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/pages"
	"github.com/shapestoken/shapestoken/server/secret"
)

// OMI's dialect (contract section 11): a person enables somebody else's app, which
// learns by that who they are.

// consenting is how long it may take: Firebase is asked, perhaps its keys are
// fetched, and then the app is asked. WriteTimeout counts from then on.
const consenting = 15 * time.Second

// omiToken is POST /v1/oauth/token: whose page has signed the person in itself
// brings Firebase's ID token.
func (s *Server) omiToken(_ context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	if err := noQuery(c); err != nil {
		return err
	}
	p, err := readForm(c.Context())
	if err == nil {
		err = p.lacking(inBody, "firebase_id_token", "app_id")
	}
	if err != nil {
		return err
	}
	r := s.request(c)
	r.Bearer = secret.New(p.text("firebase_id_token"))
	g, err := s.enable(t, r, p.text("app_id"))
	if err != nil {
		return err
	}
	return replyJSON(c.Context(), fiber.StatusOK, omiGrant{g.Subject.ID, g.App.HomeURL, p.state()})
}

type omiGrant struct {
	UID      string  `json:"uid"`
	Redirect string  `json:"redirect_url"`
	State    *string `json:"state"`
}

// state is what comes back to the app; nil: nothing was given.
func (p params) state() *string {
	if state := p.text("state"); state != "" {
		return &state
	}
	return nil
}

func (s *Server) enable(t *broker.Tenant, r *broker.Request, app string) (broker.Grant, error) {
	ctx, cancel := context.WithTimeout(context.Background(), consenting)
	defer cancel()
	r.Grant, r.App = broker.AppConsent, app
	return s.config.Broker.Exchange(ctx, t, r)
}

// omiAuthorize is /v1/oauth/authorize: the page that asks, and its form.
func (s *Server) omiAuthorize(_ context.Context, c *fiber.Ctx, t *broker.Tenant) error {
	if c.Method() == fiber.MethodPost {
		return s.omiAnswer(c, t)
	}
	p, err := formParams(string(c.Context().URI().QueryString()))
	if err == nil {
		err = p.lacking(inQuery, "app_id")
	}
	if err != nil {
		return err
	}
	app, err := s.config.Broker.Asks(t, p.text("app_id"))
	if err != nil {
		return err
	}
	page := grantPage(c, t, app, p)
	if t.SignsIn() == nil { // whoever runs the service has not set it up
		page.Trouble = pages.Unavailable
	}
	s.show(c, fiber.StatusOK, page)
	return nil
}

// grantPage is the page that asks a person about an app.
func grantPage(c *fiber.Ctx, t *broker.Tenant, app *broker.App, p params) pages.Grant {
	page := pages.Grant{
		Brand: t.Name, App: app.Name, Lines: app.Permissions(), Home: hostOfURI(app.HomeURL), Action: at(c, "/v1/oauth/authorize"),
		Hidden: []pages.Field{{Name: "app_id", Value: app.ID}}, RequestID: traceOf(c.Context()).id,
	}
	if state := p.state(); state != nil {
		page.Hidden = append(page.Hidden, pages.Field{Name: "state", Value: *state})
	}
	return page
}

var (
	errNoAnswer = broker.Refuse(broker.InvalidRequest, "the form has neither been allowed nor denied; go back to the app and begin again")
)

// omiAnswer is what a person has answered on the page.
func (s *Server) omiAnswer(c *fiber.Ctx, t *broker.Tenant) error {
	if !ownForm(c, t) {
		return errForeign
	}
	p, err := readForm(c.Context())
	if err != nil {
		return err
	}
	app, err := s.config.Broker.Asks(t, p.text("app_id"))
	if err != nil {
		return err
	}
	switch p.text("answer") {
	case "deny":
		s.sendOn(c, t, app.HomeWithout(p.state()))
		return nil
	case "allow":
		return s.omiAllow(c, t, app, p)
	}
	return errNoAnswer
}

// omiAllow signs the person in. What goes wrong is told on the same page, where
// they can try again.
func (s *Server) omiAllow(c *fiber.Ctx, t *broker.Tenant, app *broker.App, p params) error {
	r := s.request(c)
	r.Login = broker.Login{Name: p.text("email"), Password: secret.New(p.text("password")), Sent: true}
	g, err := s.enable(t, r, app.ID)
	if err == nil {
		s.sendOn(c, t, g.App.HomeFor(g.Subject.ID, p.state()))
		return nil
	}
	status, e := inShopify.statusOf(err)
	traceOf(c.Context()).err = e
	page := grantPage(c, t, app, p)
	page.Email, page.Trouble, page.Wait = r.Login.Name, troubleOf(e), e.RetryAfter
	s.show(c, status, page)
	retryAfter(c.Context(), status, e)
	return nil
}

// troubles are what keeps a person from an app, by what is said of it: an error
// may have got a cause.
var troubles = map[string]pages.Trouble{
	broker.ErrPrivate.Message:     pages.Private,
	broker.ErrUnpaid.Message:      pages.Unpaid,
	broker.ErrEnabling.Message:    pages.NotEnabled,
	broker.ErrSetupAway.Message:   pages.SetupUnknown,
	broker.ErrSetupAnswer.Message: pages.SetupUnreadable,
	broker.ErrSetupOpen.Message:   pages.SetupOpen,
}

func troubleOf(e *broker.Error) pages.Trouble {
	if trouble, known := troubles[e.Message]; known {
		return trouble
	}
	switch e.Code {
	case broker.InvalidGrant:
		return pages.WrongLogin
	case broker.RateLimited:
		return pages.TooMany
	}
	return pages.Unavailable
}

// failOMI tells programs in OMI's way, and people who have sent the form on a page.
func (s *Server) failOMI(c *fiber.Ctx, err error) error {
	if c.Method() == fiber.MethodPost {
		return s.failPerson(c, err)
	}
	return failDetail(s, c, err)
}
