package main

import (
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
)

// configFile is the --config flag; kong reads the file it names.
type configFile = kong.ConfigFlag

// readConfig is a kong.ConfigurationLoader for TOML: one key a flag, spelled as
// on the command line without its dashes.
func readConfig(r io.Reader) (kong.Resolver, error) {
	values := map[string]any{}
	if _, err := toml.NewDecoder(r).Decode(&values); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return settings(values), nil
}

type settings map[string]any

// Resolve implements kong.Resolver. The command line and the environment, in
// this order, come before the file. What has to be typed is in neither, although
// another command may have a flag of the same name that is.
func (s settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	v, set := s[flag.Name]
	if !set || len(flag.Envs) == 0 || inEnvironment(flag) {
		return nil, nil
	}
	if list, many := v.([]any); many {
		return joined(list), nil
	}
	return v, nil
}

// Validate implements kong.Resolver: a key that is no flag of any command is
// more likely a slip than a wish to be ignored.
func (s settings) Validate(app *kong.Application) error {
	known := map[string]bool{}
	err := kong.Visit(app, func(n kong.Visitable, next kong.Next) error {
		if f, isFlag := n.(*kong.Flag); isFlag && len(f.Envs) > 0 {
			known[f.Name] = true // a flag without a variable has to be typed each time: it confirms
		}
		return next(nil)
	})
	if err != nil {
		return err
	}
	var unknown []string
	for key := range s {
		if !known[key] {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) > 0 {
		sort.Strings(unknown)
		return usageError("config: no such setting: " + strings.Join(unknown, ", "))
	}
	return nil
}

func inEnvironment(flag *kong.Flag) bool {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return true
		}
	}
	return false
}

// joined is how kong splits a repeated flag's default.
func joined(list []any) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = fmt.Sprint(v)
	}
	return strings.Join(parts, ",")
}
