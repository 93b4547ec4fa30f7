// Command spec keeps the client in step with iyzico's document. Maintainers call it through the Makefile:
//
//	go run ./internal/spec drift                        is what is committed what would be generated?
//	go run ./internal/spec refresh -from FILE-OR-URL    take over iyzico's document, regenerate, tell what changed
//	go run ./internal/spec report -base COMMIT          tell what changed since a commit
//	go run ./internal/spec propose                      refresh, and open a pull request or an issue
//	go run ./internal/spec release -version vX.Y.Z      may the module be released under this number?
//
// It exits with 0 if all is well, 1 if a maintainer must do something, and 2 if it could not find out (git, the network,
// a tool or the command line is to blame). Under `go run` both failures are 1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// The module's files that this command reads or writes, relative to its root.
const (
	documentFile = "api/openapi.json"
	overlayFile  = "api/overlay.yaml"
	recordFile   = "api/README.md"
)

const (
	exitOK     = 0
	exitRepair = 1
	exitFailed = 2
)

// errRepair is what a command returns after it has said what a maintainer must do.
var errRepair = errors.New("something must be done")

// commands in the order of the usage text.
var commands = []struct {
	name string
	run  func(ctx context.Context, args []string, out, errOut io.Writer) error
	does string
}{
	{"drift", driftCommand, "is what is committed what would be generated?"},
	{"refresh", refreshCommand, "take over iyzico's document, regenerate, tell what changed"},
	{"report", reportCommand, "tell what changed since a commit"},
	{"propose", proposeCommand, "refresh, and open a pull request or, for an unreadable page, an issue"},
	{"release", releaseCommand, "may the module be released under this number?"},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process around it.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	if len(args) > 0 {
		for _, command := range commands {
			if command.name == args[0] {
				return exitCode(command.run(ctx, args[1:], out, errOut), errOut)
			}
		}
		fmt.Fprintf(errOut, "spec: no command %q\n", args[0])
	}
	fmt.Fprintln(errOut, "usage: go run ./internal/spec COMMAND [flags]")
	for _, command := range commands {
		fmt.Fprintf(errOut, "  %-8s %s\n", command.name, command.does)
	}
	return exitFailed
}

func exitCode(err error, errOut io.Writer) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errRepair):
		return exitRepair
	}
	fmt.Fprintln(errOut, "spec:", err)
	return exitFailed
}

// parse reads a command's flags; it takes no other arguments. The -C flag, which every command has, is for tests.
func parse(name string, args []string, errOut io.Writer, define func(*flag.FlagSet)) (root string, err error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.StringVar(&root, "C", "", "the module's root (default: the module around the working directory)")
	if define != nil {
		define(flags)
	}
	if err := flags.Parse(args); err != nil {
		return "", err
	}
	if flags.NArg() > 0 {
		return "", fmt.Errorf("%s: expected flags only, got %q", name, flags.Args())
	}
	if root != "" {
		return root, nil
	}
	return moduleRoot()
}

// moduleRoot is the folder of the go.mod around the working directory.
func moduleRoot() (string, error) {
	out, err := tree.Run(context.Background(), "", "go", "env", "GOMOD")
	if err != nil {
		return "", err
	}
	file := strings.TrimSpace(string(out))
	if filepath.Base(file) != "go.mod" {
		return "", errors.New("expected to run inside the module")
	}
	return filepath.Dir(file), nil
}
