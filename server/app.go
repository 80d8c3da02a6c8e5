package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/shapestoken/shapestoken/server/outbound"
	"github.com/shapestoken/shapestoken/server/secret"
)

// app is what a command runs with.
type app struct {
	ctx context.Context
	std streams
	cli *cli

	outbound *outbound.Client // made when first needed
}

// print writes a command's outcome: value as JSON with --json, else text. It is
// called once, so that with --json stdout is exactly one value.
func (a *app) print(value any, text string) error {
	if a.cli.JSON {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(value); err != nil {
			return err
		}
		_, err := io.WriteString(a.std.out, visibleJSON(b.String()))
		return err
	}
	_, err := fmt.Fprintln(a.std.out, text)
	return err
}

// say tells a person something beside the outcome; it goes to stderr.
func (a *app) say(format string, args ...any) { fmt.Fprintf(a.std.err, format+"\n", args...) }

// table lays rows out in columns; the first row names them. Cells may hold
// anything.
func table(rows [][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = visible(cell)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	_ = w.Flush() // a strings.Builder does not fail
	return strings.TrimRight(b.String(), "\n")
}

// rfc3339 is a time as commands print it: to the second, in UTC.
func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }

const mostSecret = 8 << 10 // bytes

// secretFrom reads a secret from stdin or an environment variable; never from
// an argument, where every process list would show it. From stdin exactly one
// final LF or CRLF is removed: other white space belongs to the key. what is what
// the two flags begin with.
func (a *app) secretFrom(what string, stdin bool, env string) (secret.Text, error) {
	switch {
	case stdin && env != "":
		return secret.Text{}, usageError(fmt.Sprintf("give --%s-stdin or --%s-env, not both", what, what))
	case env != "":
		v, set := os.LookupEnv(env)
		if !set {
			return secret.Text{}, fmt.Errorf("%s is not set", variable(what, env))
		}
		return secret.New(v), nil
	case stdin:
		return a.secretFromStdin()
	}
	return secret.Text{}, usageError(fmt.Sprintf("a %s is needed: --%s-stdin or --%s-env NAME", what, what, what))
}

// usual is how environment variables are named; what is not named so may be the
// secret itself.
var usual = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

func variable(what, env string) string {
	if usual.MatchString(env) {
		return "the environment variable " + env
	}
	return "the environment variable that --" + what + "-env names"
}

func (a *app) secretFromStdin() (secret.Text, error) {
	b, err := io.ReadAll(io.LimitReader(a.std.in, mostSecret+1))
	if err != nil {
		return secret.Text{}, fmt.Errorf("reading the secret from stdin: %w", err)
	}
	if len(b) > mostSecret {
		return secret.Text{}, fmt.Errorf("the secret on stdin is longer than %d bytes", mostSecret)
	}
	s := strings.TrimSuffix(string(b), "\n")
	if len(s) < len(b) {
		s = strings.TrimSuffix(s, "\r")
	}
	return secret.New(s), nil
}
