package shopify_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/shopify"
	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
)

func TestDefine(t *testing.T) {
	s := open(t)
	for range 2 { // the second is TAKEN
		if err := s.Define(t.Context(), s.access); err != nil || !s.Defined(acme) {
			t.Errorf("%v, defined %v", err, s.Defined(acme))
		}
	}
	rows := map[string]string{
		`{"data":{"metafieldDefinitionCreate":{"createdDefinition":null,"userErrors":[{"code":"UNSTRUCTURED_ALREADY_EXISTS","message":"There is one."}]}}}`: "UNSTRUCTURED_ALREADY_EXISTS",
		`{"data":{"metafieldDefinitionCreate":{"createdDefinition":null,"userErrors":[{"code":"TAKEN","message":"a"},{"code":"INVALID","message":"b"}]}}}`:  "TAKEN",
		`{"data":{"metafieldDefinitionCreate":{"createdDefinition":null,"userErrors":[]}}}`:                                                                 "no definition",
		`{"data":{"metafieldDefinitionCreate":null}}`: "no metafieldDefinitionCreate",
		`{"data":{"metafieldDefinitionCreate":{"createdDefinition":null,"userErrors":[{"code":"APP_NOT_AUTHORIZED","message":"App is not authorized to set this definition."}]}}}`: "access denied",
	}
	for answer, words := range rows {
		s.Break(acme, shopifytest.Answers(answer))
		if err := s.Define(t.Context(), s.access); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v, want %s", err, words)
		}
	}
}

func TestSubscribe(t *testing.T) {
	s := open(t)
	const uri = "https://id.example.com/t/acme/shopify/webhooks"
	for range 2 { // the second is taken
		if err := s.Subscribe(t.Context(), s.access, uri, shopify.AppUninstalled, shopify.CustomersMerge); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"APP_UNINSTALLED " + uri, "CUSTOMERS_MERGE " + uri}, s.Webhooks(acme)); diff != "" {
		t.Error(diff)
	}
	all := []shopify.Topic{shopify.AppScopesUpdate, shopify.CustomersDelete, shopify.CustomerAccountSettingsUpdate}
	if err := s.Subscribe(t.Context(), s.access, uri, all...); err != nil {
		t.Error(err)
	}
	s.Break(acme, shopifytest.Lose) // done, and asked again
	if err := s.Subscribe(t.Context(), s.access, uri+"/2", shopify.AppUninstalled); err != nil {
		t.Error(err)
	}
	var refusal *shopify.Refusal
	err := s.Subscribe(t.Context(), s.access, "http://id.example.com/", shopify.AppUninstalled, shopify.CustomersMerge)
	if !errors.As(err, &refusal) || !strings.Contains(err.Error(), "APP_UNINSTALLED") || !strings.Contains(err.Error(), "not supported") {
		t.Error(err)
	}
	for answer, words := range map[string]string{
		`{"data":{"webhookSubscriptionCreate":{"webhookSubscription":null,"userErrors":[]}}}`: "no subscription",
		`{"data":{"webhookSubscriptionCreate":null}}`:                                         "no webhookSubscriptionCreate",
	} {
		s.Break(acme, shopifytest.Answers(answer))
		if err := s.Subscribe(t.Context(), s.access, uri, shopify.AppUninstalled); !errors.Is(err, shopify.ErrAnswer) || !strings.Contains(err.Error(), words) {
			t.Errorf("%v, want %s", err, words)
		}
	}
}

func TestUserErrorOfAccess(t *testing.T) {
	s := open(t)
	s.Break(acme, shopifytest.Pass, shopifytest.Answers(`{"data":{"metafieldsSet":{"metafields":null,"userErrors":[{"code":"APP_NOT_AUTHORIZED","message":"No."}]}}}`))
	if _, err := s.Replace(t.Context(), s.access, shopify.OnShop, secret.New("new"), is()); !errors.Is(err, shopify.ErrAccess) {
		t.Error(err)
	}
	s.Break(acme, shopifytest.Pass, shopifytest.Answers(`{"data":{"metafieldsSet":{"metafields":null,"userErrors":[{"code":"TAKEN","message":"Taken."}]}}}`))
	if changed, err := s.Replace(t.Context(), s.access, shopify.OnShop, secret.New("new"), is()); !changed || err != nil {
		t.Error("TAKEN is not mended by a fresh read:", err)
	}
}
