package broker_test

import (
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/broker"
)

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{
		"acme": true, "a": true, "a-1": true, "0": true, strings.Repeat("a", 63): true,
		"": false, "-a": false, "a-": false, "A": false, "a.b": false, "a_b": false, "ä": false, "a b": false,
		strings.Repeat("a", 64): false, "a\n": false, "../x": false,
	} {
		if broker.ValidName(name) != want {
			t.Errorf("%q: want %v", name, want)
		}
	}
}

func TestCheckTitle(t *testing.T) {
	for title, ok := range map[string]bool{
		"a": true, "An app": true, "Größe №1 (β)": true, strings.Repeat("ü", 100): true,
		"": false, strings.Repeat("ü", 101): false, "a\xff": false, "a\nb": false, "a\x00": false, "a\u202eb": false, "a\u200bb": false, "a\u00a0b": false,
		" a": false, "a ": false, " ": false,
	} {
		if err := broker.CheckTitle(title); (err == nil) != ok {
			t.Errorf("%q: %v", title, err)
		}
	}
}

func TestCheckOrigin(t *testing.T) {
	for origin, ok := range map[string]bool{
		"https://shop.example.com": true, "https://shop.example.com:8443": true, "https://xn--bcher-kva.example": true,
		"http://localhost:8080": true, "http://127.0.0.1:9292": true, "http://[::1]:3000": true, "https://acme.myshopify.com": true,
		"": false, "null": false, "*": false, "https://*.example.com": false, "https://": false,
		"https://shop.example.com/": false, "https://shop.example.com/path": false, "https://shop.example.com?x": false,
		"https://u@shop.example.com": false, "https://SHOP.example.com": false, "HTTPS://shop.example.com": false,
		"http://shop.example.com": false, "ftp://shop.example.com": false, "shop.example.com": false,
		"https://shop.example.com:443": false, "http://localhost:80": false, "https://shop.example.com:": false,
		"https://bücher.example": false, "https://shop.example.com\n": false, "https://a b": false, "https://-a.example": false,
	} {
		if err := broker.CheckOrigin(origin); (err == nil) != ok {
			t.Errorf("%q: %v", origin, err)
		}
	}
}

func TestPolicyText(t *testing.T) {
	for _, p := range []broker.Policy{broker.V2Only, broker.V2Observe, broker.V1AndV2} {
		if got, ok := broker.ParsePolicy(p.String()); !ok || got != p {
			t.Errorf("%s does not come back", p)
		}
	}
	if _, ok := broker.ParsePolicy("v1"); ok {
		t.Error("v1 alone is no policy")
	}
}
