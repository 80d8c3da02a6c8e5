package demo

import (
	"fmt"
	"regexp"

	"github.com/osteele/liquid"
	"github.com/osteele/liquid/render"
)

const pair = `,\s*(\w+)\s*:\s*('[^']*'|"[^"]*"|[\w.]+)\s*`

var (
	call = regexp.MustCompile(`^'([\w-]+)'\s*((?:` + pair + `)*)$`)
	args = regexp.MustCompile(pair)
)

// isolated is the tag render: {% render 'name', key: value, ... %}.
func isolated(templates map[string]*liquid.Template) liquid.Renderer {
	return func(c render.Context) (string, error) {
		said := call.FindStringSubmatch(c.TagArgs())
		if said == nil {
			return "", fmt.Errorf("render takes 'name', key: value, ...: %s", c.TagArgs())
		}
		template, known := templates[said[1]]
		if !known {
			return "", fmt.Errorf("there is no snippet %s", said[1])
		}
		scope := liquid.Bindings{}
		for _, global := range globals {
			scope[global] = c.Get(global)
		}
		for _, arg := range args.FindAllStringSubmatch(said[2], -1) {
			value, err := c.EvaluateString(arg[2])
			if err != nil {
				return "", fmt.Errorf("argument %s: %w", arg[1], err)
			}
			scope[arg[1]] = value
		}
		return template.RenderString(scope)
	}
}
