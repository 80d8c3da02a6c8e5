package broker

import (
	"context"
	"crypto/rand"
)

// issue makes what was decided on. Whatever is made has its line in the audit
// before anybody is given it, but for storefront exchanges.
func (b *Broker) issue(ctx context.Context, t *Tenant, rule Rule, w Want) (Grant, error) {
	if !rule.Unaudited && rule.Yields != YieldApp {
		w.ID = rand.Text()
	}
	token, err := b.make(ctx, t, rule, w)
	if err != nil {
		return Grant{}, err
	}
	return Grant{
		Token: token, ID: w.ID, Anonymous: w.Identity.Subject.Kind == Guest,
		Client: w.Client, Subject: w.Identity.Subject, IssuedAt: w.IssuedAt, ExpiresAt: w.ExpiresAt, Scopes: w.Scopes, App: w.App,
	}, nil
}

func (b *Broker) make(ctx context.Context, t *Tenant, rule Rule, w Want) (string, error) {
	client := w.Identity.Client
	switch {
	case rule.Yields == YieldApp:
		return "", b.enable(ctx, t, w)
	case rule.Yields == YieldAPIToken:
		return b.Keep.KeepAPIToken(ctx, t, w)
	case rule.Yields == YieldAccess && client != nil && client.Opaque:
		return b.Keep.KeepAccess(ctx, t, w)
	case rule.Yields == YieldAccess:
		return b.audited(ctx, t, rule, w, t.Signer.SignAccess)
	}
	return b.audited(ctx, t, rule, w, t.Signer.Sign)
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
