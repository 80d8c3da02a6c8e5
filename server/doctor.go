package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/shapestoken/shapestoken/server/doctor"
	"github.com/shapestoken/shapestoken/server/secret"
)

type doctorCommand struct {
	URL         string   `arg:"" optional:"" help:"A page of the storefront, such as https://shop.example.com/. With --html: where that was saved."`
	HTML        string   `name:"html" help:"The source of a page, saved by a customer who is logged in. The signature in it is a credential: delete the file afterwards." placeholder:"FILE"`
	Origin      []string `help:"Another origin that the theme is seen at, such as https://www.shop.example.com; may be repeated." placeholder:"URL"`
	SecretStdin bool     `help:"Read id_secret from stdin: then a signature is checked exactly, and the page searched for the secret."`
	SecretEnv   string   `help:"Read id_secret from this environment variable." placeholder:"NAME"`
	Exchange    bool     `env:"-" help:"Spend the page's signature for a token, and tell what stands in it; the token is not shown."`
}

// Run prints what was found, and ends with an error if customers would get no token.
func (c *doctorCommand) Run(a *app) error {
	config, err := c.config(a)
	if err != nil {
		return err
	}
	report := doctor.Run(a.ctx, config)
	if err := a.print(report, report.String()); err != nil {
		return err
	}
	if n := report.Count(doctor.Error); n > 0 {
		return fmt.Errorf("doctor: errors found: %d", n)
	}
	return nil
}

func (c *doctorCommand) config(a *app) (doctor.Config, error) {
	config := doctor.Config{Exchange: c.Exchange, Now: time.Now}
	if c.URL == "" && c.HTML == "" {
		return config, usageError("name a page: its address, or a saved one with --html FILE")
	}
	var err error
	if c.URL != "" {
		config.URL, err = pageAddress(c.URL)
	}
	for _, text := range c.Origin {
		u, bad := pageAddress(text)
		if bad == nil {
			config.Origins = append(config.Origins, u.Scheme+"://"+u.Host)
		}
		err = errors.Join(err, bad)
	}
	if err != nil {
		return config, usageError(err.Error())
	}
	if config.Secret, err = c.secret(a); err == nil && c.HTML != "" {
		config.Saved, err = savedPage(c.HTML)
	}
	return config, err
}

func pageAddress(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return nil, errors.New("a page has a whole address, such as https://shop.example.com/")
	case u.User != nil:
		return nil, errors.New("leave user name and password out of the address: the page is looked at as a guest")
	}
	return u, nil
}

// secret is empty if none was offered.
func (c *doctorCommand) secret(a *app) (secret.Text, error) {
	if !c.SecretStdin && c.SecretEnv == "" {
		return secret.Text{}, nil
	}
	text, err := a.secretFrom("secret", c.SecretStdin, c.SecretEnv)
	if err == nil && text.Empty() {
		err = errors.New("the secret is empty")
	}
	return text, err
}

func savedPage(name string) (*doctor.Saved, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	about, err := f.Stat()
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(f, doctor.MaxPage+1))
	switch {
	case err != nil:
		return nil, err
	case len(body) > doctor.MaxPage:
		return nil, fmt.Errorf("%s is larger than 5 MiB: save another page of the same theme", name)
	}
	return &doctor.Saved{Name: name, Body: body, Time: about.ModTime()}, nil
}
