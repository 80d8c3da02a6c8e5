package api

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/secret"
)

// OMI's dialect (contract section 10): a person enables somebody else's app, which
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
	g, err := s.consent(t, r, p.text("app_id"))
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

func (s *Server) consent(t *broker.Tenant, r *broker.Request, app string) (broker.Grant, error) {
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
	v := consentView{App: app, State: p.state()}
	if t.SignsIn() == nil {
		v.Problem = noSignIn
	}
	return replyConsent(c.Context(), fiber.StatusOK, v)
}

const noSignIn = "Nobody can sign in here yet: whoever runs this service has not set it up."

var (
	errForeignForm = broker.Refuse(broker.AccessDenied, "this form was sent from another page than ours; go back to the app and begin again")
	errNoAnswer    = broker.Refuse(broker.InvalidRequest, "the form has neither been allowed nor denied; go back to the app and begin again")
)

// omiAnswer is what a person has answered on the page.
func (s *Server) omiAnswer(c *fiber.Ctx, t *broker.Tenant) error {
	if !ownForm(c, t) {
		return errForeignForm
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
		return redirect(c, app.HomeWithout(p.state()))
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
	g, err := s.consent(t, r, app.ID)
	if err == nil {
		return redirect(c, g.App.HomeFor(g.Subject.ID, p.state()))
	}
	status, e := inShopify.statusOf(err)
	traceOf(c.Context()).err = e
	retryAfter(c.Context(), status, e)
	return replyConsent(c.Context(), status, consentView{App: app, State: p.state(), Email: r.Login.Name, Problem: sentence(e.Message)})
}

// redirect sends a browser on, by GET whatever it came with.
func redirect(c *fiber.Ctx, location string) error {
	replyAs(c.Context(), fiber.StatusSeeOther, "text/plain; charset=utf-8", nil)
	c.Set(fiber.HeaderLocation, location)
	return nil
}

// failOMI tells programs in OMI's way, and people who have sent the form on a page.
func (s *Server) failOMI(c *fiber.Ctx, err error) error {
	if c.Method() == fiber.MethodPost {
		return s.failPage(c, err)
	}
	return failDetail(s, c, err)
}
