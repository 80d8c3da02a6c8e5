package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// discover asks an issuer where its keys are (OpenID Connect Discovery 1.0
// section 4).
func (a *app) discover(issuer string) (jwksURL string, err error) {
	r, err := http.NewRequestWithContext(a.ctx, http.MethodGet, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", nil)
	if err != nil {
		return "", err
	}
	r.Header.Set("Accept", "application/json")
	answer, err := a.out().Do(r)
	if err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("it has status %d", answer.StatusCode)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	var said struct {
		Issuer string `json:"issuer"`
		JWKS   string `json:"jwks_uri"`
	}
	switch err := json.Unmarshal(body, &said); {
	case err != nil:
		return "", errors.New("it is no JSON")
	case said.Issuer != issuer:
		return "", errors.New("it is of another issuer")
	case said.JWKS == "":
		return "", errors.New("it has no jwks_uri")
	}
	return said.JWKS, nil
}
