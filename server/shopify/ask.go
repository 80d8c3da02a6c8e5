package shopify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/shapestoken/shapestoken/server/secret"
)

const maxAnswer = 64 << 10

// ask sends q once.
func (c *Client) ask(ctx context.Context, a Access, q question, body []byte, out any) error {
	path := "/admin/api/" + c.version() + "/graphql.json"
	header := http.Header{"Content-Type": {"application/json"}, "X-Shopify-Access-Token": {a.Token.Reveal()}}
	status, answer, err := c.post(ctx, a.Shop, path, header, body)
	if err != nil {
		return err
	}
	if err := judge(status); err != nil {
		return err
	}
	return q.read(a, answer, out)
}

// post returns what was answered, whatever it is; the error is about not
// getting an answer, or one of 429.
func (c *Client) post(ctx context.Context, shop, path string, header http.Header, body []byte) (status int, answer []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base(shop)+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, ErrShop
	}
	r.Header = header
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "shapestoken")
	response, err := c.HTTP.Do(r)
	if err != nil {
		return 0, nil, lost(ctx, err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusTooManyRequests {
		return 0, nil, &throttled{c.retryAfter(response.Header)}
	}
	answer, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return 0, nil, lost(ctx, err)
	case len(answer) > maxAnswer:
		return 0, nil, fmt.Errorf("%w (more than %d bytes)", ErrAnswer, maxAnswer)
	}
	return response.StatusCode, answer, nil
}

// lost is an answer that did not come. Whoever ended ctx is told that.
func lost(ctx context.Context, err error) error {
	var f interface{ Final() bool }
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("shopify: no answer: %w", ctx.Err())
	case errors.As(err, &f) && f.Final():
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// judge reads the status of a GraphQL answer. What is not 200 is not from the
// API itself, so its body is not quoted.
func judge(status int) error {
	switch {
	case status == http.StatusOK:
		return nil
	case status == http.StatusUnauthorized:
		return fmt.Errorf("%w: the access token has ended or was revoked (401)", ErrAccess)
	case status == http.StatusForbidden:
		return fmt.Errorf("%w: the app is not allowed this (403); look at its scopes", ErrAccess)
	case status >= 500:
		return fmt.Errorf("%w (status %d)", ErrUnavailable, status)
	}
	return fmt.Errorf("%w (status %d %s)", ErrAnswer, status, http.StatusText(status))
}

type userError struct {
	Code    string
	Message string
}

// read takes apart an answer of status 200, which may well be a failure.
func (q question) read(a Access, answer []byte, out any) error {
	var envelope struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
		Extensions struct{ Cost *cost }
	}
	if err := json.Unmarshal(answer, &envelope); err != nil {
		return fmt.Errorf("%w (not its JSON)", ErrAnswer) // err could quote it
	}
	if len(envelope.Errors) > 0 {
		e := envelope.Errors[0]
		return q.refusal(a, []userError{{e.Extensions.Code, e.Message}}, func(e userError) error { return general(e, envelope.Extensions.Cost) })
	}
	if len(envelope.Data) == 0 || string(envelope.Data) == "null" {
		return fmt.Errorf("%w (no data)", ErrAnswer)
	}
	if err := json.Unmarshal(envelope.Data, out); err != nil {
		return fmt.Errorf("%w (other data than was asked for)", ErrAnswer)
	}
	return nil
}

// general knows the codes that any question may get (shopify.dev, "GraphQL
// Admin API: status and error codes").
func general(e userError, c *cost) error {
	switch {
	case e.Code == "THROTTLED", e.Code == "" && e.Message == "Throttled":
		return &throttled{c.wait()}
	case e.Code == "ACCESS_DENIED":
		return ErrAccess
	case e.Code == "INTERNAL_SERVER_ERROR":
		return ErrUnavailable
	}
	return nil
}

// refusal turns the first of what Shopify has against q into an error: what
// meaning makes of it, with Shopify's own words.
func (q question) refusal(a Access, list []userError, meaning func(userError) error) error {
	hidden := append([]secret.Text{a.Token}, q.secrets...)
	said := &Refusal{Code: hide(list[0].Code, hidden), Message: hide(list[0].Message, hidden)}
	if list[0].Code == "APP_NOT_AUTHORIZED" {
		return errors.Join(ErrAccess, said)
	}
	if meaning == nil {
		return said
	}
	var t *throttled
	switch err := meaning(list[0]); {
	case err == nil:
		return said
	case errors.As(err, &t):
		return err
	default:
		return fmt.Errorf("%w (%w)", err, said)
	}
}
