package e2e

import (
	"context"
	"errors"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// goOAuth2 is golang.org/x/oauth2, which go-oidc tells the endpoint.
func goOAuth2(t *testing.T, start object) library {
	t.Helper()
	provider, err := oidc.NewProvider(t.Context(), start["issuer"].(string))
	if err != nil {
		t.Fatal(err)
	}
	config := clientcredentials.Config{
		ClientID: start["id"].(string), ClientSecret: start["secret"].(string), TokenURL: provider.Endpoint().TokenURL,
		AuthStyle: map[any]oauth2.AuthStyle{"client_secret_basic": oauth2.AuthStyleInHeader, "client_secret_post": oauth2.AuthStyleInParams}[start["method"]],
	}
	return func(do string, given object) object {
		if do == "use" {
			return usedByGo(t, given)
		}
		c := config
		c.EndpointParams = map[string][]string{}
		for name, value := range given {
			c.EndpointParams[name] = []string{value.(string)}
		}
		token, err := c.Token(t.Context())
		if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) {
			return object{"error": refused.ErrorCode}
		} else if err != nil {
			return object{"error": err.Error()}
		}
		return object{"access_token": token.AccessToken, "expires_in": token.Extra("expires_in"), "scope": token.Extra("scope")}
	}
}

func usedByGo(t *testing.T, given object) object {
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: given["token"].(string)})
	res, err := oauth2.NewClient(t.Context(), source).Get(given["url"].(string))
	if err != nil {
		return object{"error": err.Error()}
	}
	defer res.Body.Close()
	return object{"status": float64(res.StatusCode)}
}

// joseVerifier does what RFC 9068 asks of a resource server.
var joseVerifier = script("node", "clients/jose.mjs")

// goVerifier is go-oidc, which looks at everything but typ.
func goVerifier(ctx context.Context, t *testing.T, issuer string) library {
	t.Helper()
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		t.Fatal(err)
	}
	return func(_ string, given object) object {
		token, err := provider.Verifier(&oidc.Config{ClientID: given["audience"].(string)}).Verify(ctx, given["token"].(string))
		if err != nil {
			return object{"error": err.Error()}
		}
		claims := object{}
		if err := token.Claims(&claims); err != nil {
			return object{"error": err.Error()}
		}
		return claims
	}
}
