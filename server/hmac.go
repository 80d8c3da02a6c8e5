package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

type hmacCommands struct {
	Sign   hmacSign   `cmd:"" help:"Print the signature that the Liquid filter would."`
	Verify hmacVerify `cmd:"" help:"Check a signature: exit 0 if it is right, 1 with the reason if not."`
}

// hmacInput is what both need.
type hmacInput struct {
	Shop        string `help:"The shop's permanent domain; with --timestamp, for a v2 signature." placeholder:"SHOP"`
	Timestamp   string `help:"Unix seconds; makes the signature v2." placeholder:"UNIX"`
	SecretStdin bool   `help:"Read id_secret from stdin."`
	SecretEnv   string `help:"Read id_secret from this environment variable." placeholder:"NAME"`
}

func (i *hmacInput) key(a *app) (*hmac.Key, error) {
	text, err := a.secretFrom("secret", i.SecretStdin, i.SecretEnv)
	if err != nil {
		return nil, err
	}
	key, err := hmac.NewKey([]byte(text.Reveal()))
	if err != nil {
		return nil, fmt.Errorf("the secret is empty")
	}
	return key, nil
}

type hmacSign struct {
	ID string `arg:"" help:"The customer id, in decimal."`
	hmacInput
}

// Run prints the signature alone, so that a script can take it.
func (c *hmacSign) Run(a *app) error {
	key, err := c.key(a)
	if err != nil {
		return err
	}
	signature, result := key.SignCustomer(c.ID, c.Shop, c.Timestamp)
	if result != hmac.Valid {
		return result.Err()
	}
	return a.print(map[string]string{"id": c.ID, "signature": signature}, signature)
}

type hmacVerify struct {
	ID        string `arg:"" help:"The customer id, in decimal."`
	Signature string `arg:"" help:"What the theme printed."`
	At        int64  `help:"Judge a v2 signature's age at this time; default now." placeholder:"UNIX"`
	hmacInput
}

// Run says "valid" or ends with the reason.
func (c *hmacVerify) Run(a *app) error {
	key, err := c.key(a)
	if err != nil {
		return err
	}
	customer, result := hmac.ParseCustomer(c.ID, c.Shop, c.Timestamp, c.Signature)
	if result == hmac.Valid {
		result = key.VerifyCustomer(&customer, c.now(), hmac.DefaultMaxAge, hmac.DefaultSkew)
	}
	if result != hmac.Valid && !a.cli.JSON {
		return result.Err()
	}
	verdict := map[string]any{"valid": result == hmac.Valid, "result": result.String()}
	return errors.Join(a.print(verdict, result.String()), result.Err())
}

func (c *hmacVerify) now() time.Time {
	if c.At != 0 {
		return time.Unix(c.At, 0)
	}
	return time.Now()
}
