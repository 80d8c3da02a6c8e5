package broker

import (
	"context"
	"time"
)

// AppUse is what a person has with an app.
type AppUse struct {
	Enabled time.Time // zero: it is not
	Paid    time.Time // until then; zero: not at all
}

// An Enabler keeps which apps people have enabled. Its errors are *Errors, or ours.
type Enabler interface {
	// Use is what the person that w speaks of has with w.App.
	Use(ctx context.Context, t *Tenant, w Want) (AppUse, error)
	// Enable enables w.App for them, together with its line of the audit: there is
	// neither without the other. It may be called again. install is whether that
	// counts as an installation.
	Enable(ctx context.Context, t *Tenant, w Want, install bool) error
}

// A Setup asks apps whether people have set them up.
type Setup interface {
	// Finished asks at address, which names the person. The error is ErrSetupAway,
	// ErrSetupAnswer or ErrSetupOpen, with a cause.
	Finished(ctx context.Context, tenant, address string) error
}

// Asks is what a person is asked before AppConsent: whether they want this app.
// It is looked up before anybody is asked anything, and says nothing of anybody.
func (b *Broker) Asks(t *Tenant, id string) (*App, error) {
	rule, known := b.Rules[AppConsent]
	if err := t.allows(AppConsent, rule, known); err != nil {
		return nil, err
	}
	app := t.Apps[id]
	switch {
	case app == nil:
		return nil, errNoApp
	case !app.integrates():
		return nil, errNoIntegration
	case app.HomeURL == "":
		return nil, errNoHome
	}
	return app, nil
}

func (t *Tenant) authorizeApp(w Want, r *Request) (Want, error) {
	w.App = t.Apps[r.App]
	switch {
	case w.App == nil:
		return Want{}, errNoApp
	case w.App.HomeURL == "":
		return Want{}, errNotConfigured
	}
	return w, nil
}

// enable lets a person have the app, and the app know them. Whoever has it
// already is asked nothing more.
func (b *Broker) enable(ctx context.Context, t *Tenant, w Want) error {
	use, err := b.Apps.Use(ctx, t, w)
	if err != nil {
		return err
	}
	if !use.Enabled.IsZero() {
		return b.noted(ctx, t, w)
	}
	if err := b.mayEnable(ctx, t, w, use); err != nil {
		return err
	}
	install := !w.App.Private && !w.App.knows(w.Identity.Subject.ID)
	if err := b.Apps.Enable(ctx, t, w, install); err != nil {
		return ErrEnabling.Because(err)
	}
	return nil
}

// mayEnable has OMI's order. What asks the app itself comes after what is known
// here, but for the payment: who has not set it up yet need not pay yet.
func (b *Broker) mayEnable(ctx context.Context, t *Tenant, w Want, use AppUse) error {
	app, uid := w.App, w.Identity.Subject.ID
	if app.Private && !app.knows(uid) {
		return ErrPrivate
	}
	if app.SetupURL != "" && app.can(ExternalIntegration) {
		if err := b.Setup.Finished(ctx, t.Name, app.SetupFor(uid)); err != nil {
			return err
		}
	}
	if app.Paid && !use.Paid.After(b.Now()) {
		return ErrUnpaid
	}
	return nil
}

// What OMI says, in its words: clients show them to people.
var (
	errNoApp         = Refuse(NotFound, "App not found")
	errNoIntegration = Refuse(InvalidRequest, "App does not support external integration")
	errNoHome        = Refuse(InvalidRequest, "App home URL not configured for this app.")
	errNotConfigured = Refuse(InvalidRequest, "App not configured for OAuth or app home URL not set")
	ErrPrivate       = Refuse(AccessDenied, "This app is private and you are not authorized to enable it.")
	ErrSetupAway     = Refuse(Unavailable, "Failed to verify app setup completion. Please try again later or contact support.")
	ErrSetupAnswer   = Refuse(Unavailable, "Could not verify app setup due to an invalid response from the app. Please contact app developer or support.")
	ErrSetupOpen     = Refuse(InvalidRequest, "App setup is not completed. Please complete app setup before authorizing.")
	ErrUnpaid        = Refuse(AccessDenied, "This is a paid app. Please purchase the app before authorizing.")
	ErrEnabling      = Refuse(ServerError, "Could not automatically enable the app. Please try again or enable it manually.")
)
