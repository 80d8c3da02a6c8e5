package e2e

import (
	"errors"
	"net/url"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// goFlow is golang.org/x/oauth2, for which go-oidc finds the endpoints and reads
// ID tokens.
type goFlow struct {
	t        *testing.T
	provider *oidc.Provider
	config   oauth2.Config
	verifier string
	token    *oauth2.Token
}

func goCodeFlow(t *testing.T, start object) library {
	t.Helper()
	provider, err := oidc.NewProvider(t.Context(), start["issuer"].(string))
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := start["secret"].(string)
	f := &goFlow{t: t, provider: provider, verifier: oauth2.GenerateVerifier(), config: oauth2.Config{
		ClientID: start["id"].(string), ClientSecret: secret, Endpoint: provider.Endpoint(),
		RedirectURL: start["redirect"].(string), Scopes: []string{start["scope"].(string)},
	}}
	steps := map[string]func(object) (object, error){"start": f.start, "finish": f.finish, "refresh": f.refresh, "userinfo": f.userinfo}
	return func(do string, given object) object {
		answer, err := steps[do](given)
		if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) && refused.ErrorCode != "" {
			return object{"error": refused.ErrorCode}
		} else if err != nil {
			return object{"error": err.Error()}
		}
		return answer
	}
}

func (f *goFlow) start(object) (object, error) {
	to := f.config.AuthCodeURL("a state", oauth2.S256ChallengeOption(f.verifier), oidc.Nonce("a nonce"))
	return object{"url": to, "stop": f.config.RedirectURL}, nil
}

func (f *goFlow) finish(given object) (object, error) {
	back, err := url.Parse(given["url"].(string))
	if err != nil {
		return nil, err
	}
	said := back.Query()
	if said.Get("state") != "a state" || said.Get("code") == "" {
		return nil, errors.New("sent back with " + said.Get("error"))
	}
	f.token, err = f.config.Exchange(f.t.Context(), said.Get("code"), oauth2.VerifierOption(f.verifier))
	if err != nil {
		return nil, err
	}
	raw, _ := f.token.Extra("id_token").(string)
	id, err := f.provider.Verifier(&oidc.Config{ClientID: f.config.ClientID}).Verify(f.t.Context(), raw)
	switch {
	case err != nil:
		return nil, err
	case id.Nonce != "a nonce":
		return nil, errors.New("another nonce")
	case id.AccessTokenHash != "":
		err = id.VerifyAccessToken(f.token.AccessToken)
	}
	return object{"access_token": f.token.AccessToken, "sub": id.Subject}, err
}

// refresh gives the library a token with no access token: it goes on by itself.
func (f *goFlow) refresh(object) (_ object, err error) {
	f.token, err = f.config.TokenSource(f.t.Context(), &oauth2.Token{RefreshToken: f.token.RefreshToken}).Token()
	if err != nil {
		return nil, err
	}
	return object{"access_token": f.token.AccessToken}, nil
}

func (f *goFlow) userinfo(object) (object, error) {
	who, err := f.provider.UserInfo(f.t.Context(), oauth2.StaticTokenSource(f.token))
	if err != nil {
		return nil, err
	}
	return object{"sub": who.Subject}, nil
}
