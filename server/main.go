// Command shapestoken is the service, its demo storefront and its operator's
// tool in one program: see cli.go for the commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/shapestoken/shapestoken/server/broker"
)

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	go untilSignal(cancel)
	os.Exit(run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// signaled is why the program's context ended.
type signaled struct{ os.Signal }

func (s signaled) Error() string { return "stopped by " + s.String() }

// untilSignal ends the program's context at the first signal and the process at the second.
func untilSignal(cancel context.CancelCauseFunc) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	cancel(signaled{<-signals})
	<-signals
	os.Exit(refused)
}

// streams are where a command reads secrets and writes what it has to say.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Exit codes.
const (
	done    = 0
	refused = 1 // refused or failed: why stands on stderr
	misused = 2 // the command line itself is wrong
)

// run is the program but for the process around it.
func run(ctx context.Context, args []string, std streams) (code int) {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("shapestoken"),
		kong.Description(about),
		kong.Writers(std.out, std.err),
		kong.Exit(func(code int) { exited = code }),
		kong.DefaultEnvars("SHAPESTOKEN"),
		kong.Configuration(readConfig),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		variables(),
	)
	if err != nil {
		fmt.Fprintln(std.err, "shapestoken:", err)
		return refused
	}
	k, err := parser.Parse(args)
	if exited >= 0 { // --help has been printed
		return exited
	}
	if err != nil {
		return complain(std.err, err)
	}
	if err := k.Run(&app{ctx: ctx, std: std, cli: &c}); err != nil {
		return complain(std.err, err)
	}
	return done
}

// variables are what help texts do not say by themselves.
func variables() kong.Vars {
	capabilities, triggers, actions, notifications := broker.AppWords()
	return kong.Vars{
		"version": release(), "grants": grantNames(),
		"capabilities": strings.Join(capabilities, ", "), "triggers": strings.Join(triggers, ", "),
		"actions": strings.Join(actions, ", "), "notifications": strings.Join(notifications, ", "),
	}
}

// complain prints why a command ended, and returns its exit code.
func complain(w io.Writer, err error) int {
	var grammar *kong.ParseError
	var wrong usageError
	switch {
	case errors.As(err, &grammar):
		fmt.Fprintln(w, "shapestoken:", withoutSecrets(grammar))
	case errors.As(err, &wrong):
		fmt.Fprintln(w, "shapestoken:", err)
	default:
		fmt.Fprintln(w, "shapestoken:", err)
		return refused
	}
	fmt.Fprintln(w, "See shapestoken --help, or --help behind any command.")
	return misused
}

// usageError is a command line that the grammar lets through and that makes no sense.
type usageError string

func (e usageError) Error() string { return string(e) }
