package demo_test

import (
	"strings"
	"testing"

	"github.com/shapestoken/shapestoken/server/demo"
)

func TestNewRefuses(t *testing.T) {
	tests := map[string]struct {
		spoil func(*demo.Config)
		says  string
	}{
		"no shop":             {func(c *demo.Config) { c.Shop = "" }, "Shop"},
		"a shop's own domain": {func(c *demo.Config) { c.Shop = "pebblewick.example" }, "Shop"},
		"no secret":           {func(c *demo.Config) { c.Secret = nil }, "Secret"},
		"no other secret":     {func(c *demo.Config) { c.ElsewhereSecret = nil }, "ElsewhereSecret"},
		"no brief secret":     {func(c *demo.Config) { c.BriefSecret = nil }, "BriefSecret"},
		"no client secret":    {func(c *demo.Config) { c.ClientSecret = nil }, "ClientSecret"},
		"no snippet":          {func(c *demo.Config) { c.Snippet = "" }, "Snippet"},
		"no section":          {func(c *demo.Config) { c.Section = "" }, "Section"},
		"no clock":            {func(c *demo.Config) { c.Now = nil }, "Now"},
		"no log":              {func(c *demo.Config) { c.Log = nil }, "Log"},
		"no endpoint":         {func(c *demo.Config) { c.Endpoint = "" }, "Endpoint"},
		"a path":              {func(c *demo.Config) { c.Elsewhere = "/t/demo" }, "Elsewhere"},
		"a slash at the end":  {func(c *demo.Config) { c.Endpoint += "/" }, "Endpoint"},
		"a quote":             {func(c *demo.Config) { c.Nowhere = "http://127.0.0.1:9/'" }, "Nowhere"},
		"a second directive":  {func(c *demo.Config) { c.Endpoint = "http://a; script-src *" }, "Endpoint"},
		"a query":             {func(c *demo.Config) { c.Endpoint += "?x" }, "Endpoint"},
		"half a tag":          {func(c *demo.Config) { c.Snippet = "{% if customer %}" }, "snippet shapestoken"},
		"only in the line":    {func(c *demo.Config) { c.Snippet = "{% if endpoint %}{{ customer.id | sha1 }}{% endif %}" }, "sha1"},
		"only by app proxy":   {func(c *demo.Config) { c.Snippet = "{% if source %}{{ customer.id | sha1 }}{% endif %}" }, "sha1"},
		"no page":             {func(c *demo.Config) { c.Page = "" }, "Page"},
		"a page with a path":  {func(c *demo.Config) { c.Page += "/shop" }, "Page"},
		"no brief endpoint":   {func(c *demo.Config) { c.Brief = "" }, "Brief"},
		"half a section":      {func(c *demo.Config) { c.Section = "{% schema %}" }, "schema"},
		"another snippet":     {func(c *demo.Config) { c.Section = "{% render 'other' %}" }, "no snippet other"},
		"an unknown filter":   {func(c *demo.Config) { c.Snippet = "{{ customer.id | sha1 }}" }, "sha1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			test.spoil(&c)
			h, err := demo.New(c)
			if err == nil || h != nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}
