package broker

import (
	"slices"
	"time"
)

// authorize narrows what was proved to what may be issued: a token never outlives
// the evidence, the rule or the setting, and grants no more than the proof, the
// client and the question all say. nil means nothing.
func authorize(t *Tenant, rule Rule, id Identity, r *Request, now time.Time) (Want, error) {
	if id.chain() > longestChain {
		return Want{}, errChain
	}
	w := Want{Identity: id, Yields: rule.Yields, Grant: r.Grant, RequestID: r.ID, IssuedAt: now.Truncate(time.Second)}
	switch rule.Yields {
	case YieldIDToken:
		return w.until(lasting(w, min(t.TokenTTL, rule.MaxTTL)))
	case YieldAccess:
		return t.authorizeAccess(w, rule, r)
	case YieldAPIToken:
		return authorizeAPIToken(w, r)
	case YieldSignIn:
		return w.until(lasting(w, rule.MaxTTL))
	case YieldCode:
		return t.authorizeCode(w, rule, r, now)
	case YieldSession:
		return t.authorizeSession(w, rule, r, now)
	case YieldApp:
		return t.authorizeApp(w, r)
	case YieldExchanged:
		return t.authorizeExchange(w, rule, r)
	}
	return Want{}, errYieldsNothing
}

func (t *Tenant) authorizeAccess(w Want, rule Rule, r *Request) (_ Want, err error) {
	granted, ttl := w.Identity.Scopes, rule.MaxTTL
	if client := w.Identity.Client; client != nil {
		w.Client, ttl = client.ID, min(ttl, client.TokenTTL)
		granted = granted.Common(client.Scopes)
	}
	if w.Scopes, err = granted.Narrow(r.Scope); err != nil {
		return Want{}, err
	}
	if w.Audience, err = t.authorizeAudience(w.Identity.Client, r.Audience); err != nil {
		return Want{}, err
	}
	return w.until(lasting(w, ttl))
}

// authorizeAudience lets anybody ask for what is the tenant's own, and clients
// also for what they were given.
func (t *Tenant) authorizeAudience(client *Client, asked []string) ([]string, error) {
	for _, audience := range asked {
		switch {
		case slices.Contains(t.Audience, audience), client != nil && slices.Contains(client.Audiences, audience):
		case !ValidAudience(audience):
			return nil, errAudience
		case t.knowsAudience(audience):
			return nil, Refuse(InvalidTarget, "the audience "+audience+" is not granted to this client: shapestoken client set TENANT CLIENT --audience "+audience)
		default:
			return nil, Refuse(InvalidTarget, "the audience "+audience+" is unknown to this tenant; check how it is spelt")
		}
	}
	return asked, nil
}

func (t *Tenant) knowsAudience(audience string) bool {
	for _, client := range t.Clients {
		if slices.Contains(client.Audiences, audience) {
			return true
		}
	}
	return false
}

// authorizeAPIToken lets a user hand on what they may do themselves. What is made
// with an API token does not outlive it; an access token says nothing about that.
func authorizeAPIToken(w Want, r *Request) (_ Want, err error) {
	id := w.Identity
	switch {
	case id.Subject.Kind != Person:
		return Want{}, errNotUser
	case id.Token.Exchanged: // it was to be less than what it was given for
		return Want{}, errExchanged
	}
	if w.Scopes, err = id.Scopes.Narrow(r.Scope); err != nil {
		return Want{}, err
	}
	if id.Token.Kind == AnAPIToken {
		w.ExpiresAt = id.NotAfter
	}
	w.Name, w.Client = r.Make.Name, id.Token.Client
	w.ExpiresAt = earlier(w.ExpiresAt, r.Make.Expires)
	if !w.ExpiresAt.IsZero() && !w.ExpiresAt.After(w.IssuedAt) {
		return Want{}, errPast
	}
	return w, nil
}

// lasting is when a token ends that may live so long; zero: never.
func lasting(w Want, ttl time.Duration) time.Time {
	end := w.Identity.NotAfter
	if actor := w.Identity.Actor; actor != nil {
		end = earlier(end, actor.NotAfter)
	}
	end = end.Truncate(time.Second)
	if ttl != Forever {
		end = earlier(end, w.IssuedAt.Add(ttl))
	}
	return end
}

// until gives the token its end, and is an error where that has come.
func (w Want) until(end time.Time) (Want, error) {
	if !end.IsZero() && !end.After(w.IssuedAt) {
		return Want{}, errYieldsNothing
	}
	w.ExpiresAt = end
	return w, nil
}

// earlier is the first of two ends, of which a zero one never comes.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

var (
	errAudience  = Refuse(InvalidTarget, "audience must be 1 to 256 printable ASCII characters without spaces, quotes or backslashes")
	errNotUser   = Refuse(AccessDenied, "only a user has API tokens: get an access token with the user's login first")
	errExchanged = Refuse(AccessDenied, "this token was given for another: the user makes API tokens with one of their own")
	errPast      = Refuse(InvalidRequest, "expires_at is in the past")
)
