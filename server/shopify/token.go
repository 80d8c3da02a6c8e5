package shopify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/secret"
)

const (
	tokenLife = time.Hour // of an expiring offline token
	maxLife   = 10 * 365 * 24 * time.Hour
)

// grant is what is given for a token.
type grant struct {
	shop, client  string
	secret, proof secret.Text
	once          bool
}

// token asks /admin/oauth/access_token.
func (c *Client) token(ctx context.Context, g grant, form url.Values) (a Access, err error) {
	switch {
	case !hmac.ValidShop(g.shop):
		return Access{}, ErrShop
	case g.client == "" || g.secret.Empty() || g.proof.Empty():
		return Access{}, fmt.Errorf("%w: the app's client id, its secret and a code or refresh token are needed", ErrAccess)
	}
	form.Set("client_id", g.client)
	form.Set("client_secret", g.secret.Reveal())
	err = c.patiently(ctx, g.once, func() error {
		a, err = c.askToken(ctx, g, []byte(form.Encode()))
		return err
	})
	return a, err
}

func (c *Client) askToken(ctx context.Context, g grant, body []byte) (Access, error) {
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	status, answer, err := c.post(ctx, g.shop, "/admin/oauth/access_token", header, body)
	if err != nil {
		return Access{}, err
	}
	if status == http.StatusBadRequest || status == http.StatusUnauthorized || status == http.StatusForbidden {
		return Access{}, g.refusal(answer)
	}
	if err := judge(status); err != nil {
		return Access{}, err
	}
	return c.access(g.shop, answer)
}

// refusal says why, where Shopify says it in JSON (RFC 6749 section 5.2); some
// refusals are pages.
func (g grant) refusal(answer []byte) error {
	var why struct {
		Error            string
		ErrorDescription string `json:"error_description"`
	}
	if json.Unmarshal(answer, &why) != nil || why.Error == "" {
		return fmt.Errorf("%w: the code, the refresh token or the app's credentials were not accepted", ErrAccess)
	}
	hidden := []secret.Text{g.secret, g.proof}
	return fmt.Errorf("%w (%w)", ErrAccess, &Refusal{Code: hide(why.Error, hidden), Message: hide(why.ErrorDescription, hidden)})
}

// access reads the answer. Lives count from now, when it has come: what they
// lose on the way is seconds, and whoever uses them keeps a margin.
func (c *Client) access(shop string, answer []byte) (Access, error) {
	var got struct {
		AccessToken           secret.Text `json:"access_token"`
		Scope                 string
		ExpiresIn             int64       `json:"expires_in"`
		RefreshToken          secret.Text `json:"refresh_token"`
		RefreshTokenExpiresIn int64       `json:"refresh_token_expires_in"`
	}
	if err := json.Unmarshal(answer, &got); err != nil || got.AccessToken.Empty() {
		return Access{}, fmt.Errorf("%w (no access_token)", ErrAnswer)
	}
	expires, ok := c.after(got.ExpiresIn)
	refreshExpires, okay := c.after(got.RefreshTokenExpiresIn)
	if !ok || !okay {
		return Access{}, fmt.Errorf("%w (a life that cannot be)", ErrAnswer)
	}
	a := Access{Shop: shop, Token: got.AccessToken, Expires: expires, Refresh: got.RefreshToken, RefreshExpires: refreshExpires}
	if got.Scope != "" {
		a.Scopes = strings.Split(got.Scope, ",")
	}
	return a, nil
}

// after is when a life of s seconds ends; zero where there is no end.
func (c *Client) after(s int64) (end time.Time, ok bool) {
	if s == 0 {
		return time.Time{}, true
	}
	if s < 0 || s > int64(maxLife/time.Second) {
		return time.Time{}, false
	}
	return c.now().Add(time.Duration(s) * time.Second), true
}
