package demo

import (
	"fmt"
	"regexp"

	"github.com/osteele/liquid"
	"github.com/osteele/liquid/render"
)

var (
	snippetName = regexp.MustCompile(`^'([\w-]+)'`)
	argument    = regexp.MustCompile(`,\s*(\w+)\s*:\s*('[^']*'|"[^"]*"|[\w.]+)`)
)

// isolated is the tag render: {% render 'name', key: value, ... %}.
func isolated(templates map[string]*liquid.Template) liquid.Renderer {
	return func(c render.Context) (string, error) {
		name := snippetName.FindStringSubmatch(c.TagArgs())
		if name == nil {
			return "", fmt.Errorf("render needs the name of a snippet: %s", c.TagArgs())
		}
		template, known := templates[name[1]]
		if !known {
			return "", fmt.Errorf("there is no snippet %s", name[1])
		}
		scope := liquid.Bindings{}
		for _, global := range globals {
			scope[global] = c.Get(global)
		}
		for _, pair := range argument.FindAllStringSubmatch(c.TagArgs(), -1) {
			value, err := c.EvaluateString(pair[2])
			if err != nil {
				return "", fmt.Errorf("argument %s: %w", pair[1], err)
			}
			scope[pair[1]] = value
		}
		return template.RenderString(scope)
	}
}
