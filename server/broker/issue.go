package broker

import (
	"context"
	"crypto/rand"
	"slices"
)

// issue makes what was decided on. Whatever is made has its line in the audit
// before anybody is given it, but for storefront exchanges.
func (b *Broker) issue(ctx context.Context, t *Tenant, rule Rule, w Want) (Grant, error) {
	if !rule.Unaudited && w.Yields != YieldApp {
		w.ID = rand.Text()
	}
	g := Grant{
		ID: w.ID, Yields: w.Yields, Anonymous: w.Identity.Subject.Kind == Guest,
		Client: w.Client, Subject: w.Identity.Subject, IssuedAt: w.IssuedAt, ExpiresAt: w.ExpiresAt, Scopes: w.Scopes, Session: w.SessionID(), App: w.App,
	}
	if w.Yields == YieldSession {
		return b.issueSession(ctx, t, w, g)
	}
	if err := b.bind(ctx, t, w); err != nil {
		return Grant{}, err
	}
	token, err := b.make(ctx, t, rule, w)
	if err != nil {
		return Grant{}, err
	}
	g.Token = token
	return g, nil
}

// bind has what is exchanged end with the sessions of the tokens that it is
// exchanged for.
func (b *Broker) bind(ctx context.Context, t *Tenant, w Want) error {
	if w.Grant != TokenExchange {
		return nil
	}
	sessions := []string{w.From}
	if actor := w.Identity.Actor; actor != nil {
		sessions = append(sessions, actor.Token.session())
	}
	for _, session := range sessions {
		if session == "" {
			continue
		}
		if err := b.Keep.Bind(ctx, t, session, w.ExpiresAt); err != nil {
			return err
		}
	}
	return nil
}

func (b *Broker) make(ctx context.Context, t *Tenant, rule Rule, w Want) (string, error) {
	client := w.Identity.Client
	switch {
	case w.Yields == YieldApp:
		return "", b.enable(ctx, t, w)
	case w.Yields == YieldAPIToken:
		return b.Keep.KeepAPIToken(ctx, t, w)
	case w.Yields == YieldSignIn:
		return b.Keep.KeepSignIn(ctx, t, w)
	case w.Yields == YieldCode:
		return b.Keep.KeepCode(ctx, t, w)
	case w.Yields == YieldAccess && client != nil && client.Opaque:
		return b.Keep.KeepAccess(ctx, t, w)
	case w.Yields == YieldAccess:
		return b.audited(ctx, t, rule, w, t.Signer.SignAccess)
	}
	return b.audited(ctx, t, rule, w, t.Signer.Sign)
}

// issueSession signs first, outside of any lock, and then moves the session on:
// if that cannot be done, nobody sees what was signed, and nothing is spent.
func (b *Broker) issueSession(ctx context.Context, t *Tenant, w Want, g Grant) (_ Grant, err error) {
	client := w.Identity.Client
	if !client.Opaque {
		if g.Token, err = t.Signer.SignAccess(w); err != nil {
			return Grant{}, errSigning.Because(err)
		}
	}
	if slices.Contains(w.Scopes, OpenID) {
		if g.Person, err = t.Signer.SignPerson(w); err != nil {
			return Grant{}, errSigning.Because(err)
		}
	}
	opaque, err := b.Keep.Advance(ctx, t, w)
	if err != nil {
		return Grant{}, err
	}
	if client.Opaque {
		g.Token = opaque
	}
	if client.Grants[RefreshToken] && !t.Denied[RefreshToken] {
		g.Refresh = t.RefreshToken(*w.Next).Reveal()
	}
	return g, nil
}

func (b *Broker) audited(ctx context.Context, t *Tenant, rule Rule, w Want, sign func(Want) (string, error)) (string, error) {
	token, err := sign(w)
	if err != nil {
		return "", errSigning.Because(err)
	}
	if rule.Unaudited {
		return token, nil
	}
	if err := b.noted(ctx, t, w); err != nil {
		return "", err
	}
	return token, nil
}

// noted has the line of the audit written, without which nothing is given.
func (b *Broker) noted(ctx context.Context, t *Tenant, w Want) error {
	if err := b.Audit.Issued(ctx, t, w); err != nil {
		return errUnaudited.Because(err)
	}
	return nil
}
