package shopify

import (
	"context"
	"net/url"
	"strings"

	"github.com/shapestoken/shapestoken/server/secret"
)

// AuthorizeURL is where a merchant is asked to install the app; Shopify comes
// back to redirectURI with a code (shopify.dev, "authorization code grant").
// state must not be guessable and is compared when it comes back. The token
// will be an offline one. The shop must be valid: see hmac.ValidShop.
func (c *Client) AuthorizeURL(shop, clientID, redirectURI, state string, scopes []string) string {
	query := url.Values{
		"client_id":    {clientID},
		"redirect_uri": {redirectURI},
		"scope":        {strings.Join(scopes, ",")},
		"state":        {state},
	}
	return c.base(shop) + "/admin/oauth/authorize?" + query.Encode()
}

// Exchange gives a code for an offline token, and asks for one that expires.
// The code is good once. The error wraps [ErrAccess] if Shopify does not take
// the code or the app's credentials. After [ErrUnavailable] the merchant begins
// anew: whether the code is used up is unknown.
func (c *Client) Exchange(ctx context.Context, shop, clientID string, clientSecret, code secret.Text) (Access, error) {
	g := grant{shop: shop, client: clientID, secret: clientSecret, once: true, proof: code}
	return c.token(ctx, g, url.Values{"code": {code.Reveal()}, "expiring": {"1"}})
}

// Refresh gives a refresh token for a new pair. Store the pair before using it:
// the former refresh token stays good until the new one is used, for 30 days at
// most (shopify.dev/changelog, August 2026), so a pair that was lost can be asked
// for again. The error wraps [ErrAccess] if the refresh token is refused; then
// the merchant has to open or install the app again.
func (c *Client) Refresh(ctx context.Context, shop, clientID string, clientSecret, refresh secret.Text) (Access, error) {
	g := grant{shop: shop, client: clientID, secret: clientSecret, proof: refresh}
	a, err := c.token(ctx, g, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh.Reveal()}})
	if err != nil {
		return Access{}, err
	}
	if a.Refresh.Empty() {
		a.Refresh = refresh
	}
	if a.Expires.IsZero() { // an answer without expires_in has been seen; such a token does end
		a.Expires = c.now().Add(tokenLife)
	}
	return a, nil
}
