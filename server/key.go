package main

import (
	"context"
	"errors"
	"time"

	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/store"
	"github.com/shapestoken/shapestoken/server/token"
)

type keyCommands struct {
	List   keyList   `cmd:"" help:"List a tenant's signing keys."`
	Rotate keyRotate `cmd:"" help:"Sign with the next key from now on. Waits until verifiers have had the time to learn it."`
}

type keyList struct {
	Tenant string `arg:""`
}

// Run lists keys by their public names.
func (c *keyList) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		keys, err := s.In(c.Tenant).Keys(a.ctx)
		if err != nil {
			return err
		}
		values := []map[string]any{}
		rows := [][]string{{"KID", "ALG", "STATE", "PUBLISHED"}}
		for _, k := range keys {
			published := rfc3339(k.Published)
			values = append(values, map[string]any{"kid": k.KID, "alg": k.Algorithm, "state": k.State, "published_at": published})
			rows = append(rows, []string{k.KID, string(k.Algorithm), string(k.State), published})
		}
		return a.print(values, table(rows))
	})
}

type keyRotate struct {
	Tenant    string `arg:""`
	Emergency bool   `env:"-" help:"The key has leaked: replace all keys at once. Tokens signed so far are no longer good, and verifiers that keep the JWKS may refuse new ones until they fetch it again."`
}

// Run rotates, and prints the keys' new state.
func (c *keyRotate) Run(a *app) error {
	return a.withStore(func(s *store.Store) error {
		rotate := c.patiently
		if c.Emergency {
			rotate = c.atOnce
		}
		if err := rotate(a, s); err != nil {
			return err
		}
		keys, err := s.In(c.Tenant).Keys(a.ctx)
		if err != nil {
			return err
		}
		kid := activeKID(keys)
		return a.print(map[string]any{"tenant": c.Tenant, "active": kid}, "Tokens of "+c.Tenant+" are now signed with "+kid+".")
	})
}

func (c *keyRotate) atOnce(a *app, s *store.Store) error {
	t, err := s.In(c.Tenant).Settings(a.ctx)
	if err != nil {
		return err
	}
	return token.Emergency(a.ctx, saying(s, c.Tenant, "key rotate", facts{"emergency": true}), t.Algorithm, time.Now())
}

// patiently waits for verifiers' caches; interrupted, it has changed nothing.
func (c *keyRotate) patiently(a *app, s *store.Store) error {
	for {
		err := rotateKey(a.ctx, saying(s, c.Tenant, "key rotate", nil))
		var early *token.TooSoon
		if !errors.As(err, &early) {
			return err
		}
		a.say("The next key has been published for less than verifiers may keep the JWKS; waiting %s. (Ctrl-C changes nothing.)", early.Wait.Round(time.Second))
		select {
		case <-time.After(early.Wait):
		case <-a.ctx.Done():
			return errors.New("interrupted; nothing was changed")
		}
	}
}

// rotateKey replaces a tenant's active key by its next one.
func rotateKey(ctx context.Context, t store.Tenant) error {
	settings, err := t.Settings(ctx)
	if err != nil {
		return err
	}
	return token.Rotate(ctx, t, settings.Algorithm, settings.JWKSMaxAge, time.Now())
}

func activeKID(keys []broker.SigningKey) string {
	for _, k := range keys {
		if k.State == broker.Current {
			return k.KID
		}
	}
	return ""
}
