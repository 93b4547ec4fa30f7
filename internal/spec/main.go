// Command spec keeps the client in step with iyzico's documentation. Maintainers call it through the Makefile:
//
//	go run -C internal/spec . drift                    is what is committed what would be generated?
//	go run -C internal/spec . refresh -from WHERE      take over iyzico's pages, regenerate, tell what changed
//	go run -C internal/spec . report -base COMMIT      tell what changed since a commit
//	go run -C internal/spec . release -version vX.Y.Z  may the module be released under this number?
//
// It exits with 0 if all is well, 1 if a maintainer must do something, and 2 if it could not find out (git, the network,
// a page, a tool or the command line is to blame). Under `go run` both failures are 1.
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

	"github.com/iyzico-go/masspayout/internal/pages"
)

var (
	// errRepair is what a command returns after it has said what a maintainer must do.
	errRepair = errors.New("something must be done")
	// errUnread is what refresh returns after it has said which pages could not be read.
	errUnread = errors.New("pages could not be read")
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// command is main without the process around it.
func command(ctx context.Context, args []string, out, errOut io.Writer) int {
	flags := flag.NewFlagSet("spec", flag.ContinueOnError)
	flags.SetOutput(errOut)
	root := flags.String("C", "", "the module's root (default: around the working directory)")
	from := flags.String("from", "", "refresh: a page or a folder of pages, as Markdown or JSON, or an address (default: the addresses on record)")
	base := flags.String("base", "HEAD", "report: the commit or tag to compare the working tree with")
	version := flags.String("version", "", "release: the number, such as v0.2.0")
	text := flags.String("out", "", "a file to write the report or the changelog's text to, besides stdout")
	unreadable := flags.String("unread", "", "refresh: a folder to write a file to for each page that could not be read")
	l := defaults
	flags.DurationVar(&l.timeout, "timeout", l.timeout, "refresh: how long a page may take")
	flags.DurationVar(&l.wait, "wait", l.wait, "refresh: how long to wait before a failed fetch is tried again, at first")
	flags.Int64Var(&l.bytes, "max-bytes", l.bytes, "refresh: how long a page may be")
	if len(args) == 0 {
		args = []string{"help"}
	}
	if err := flags.Parse(args[1:]); err != nil || flags.NArg() > 0 {
		fmt.Fprintf(errOut, "spec: expected a command and its flags, got %q\n", args)
		return 2
	}
	if err := findRoot(root); err != nil {
		fmt.Fprintln(errOut, "spec:", err)
		return 2
	}
	print := func(s string) error {
		_, err := io.WriteString(out, s)
		if *text != "" {
			err = errors.Join(err, os.WriteFile(*text, []byte(s), 0o644))
		}
		return err
	}
	var err error
	switch args[0] {
	case "drift":
		err = drift(ctx, *root, out)
	case "refresh":
		err = refreshCommand(ctx, *root, *from, l, print, *unreadable)
	case "report":
		var rep report
		if rep, err = compare(ctx, *root, *base, nil); err != nil {
			break
		}
		var words string
		if words, err = rep.markdown(); err == nil {
			err = print(words)
		}
		if err == nil && rep.Repair() {
			err = errRepair
		}
	case "release":
		err = release(ctx, *root, *version, print)
	default:
		fmt.Fprintln(errOut, "usage: go run -C internal/spec . drift|refresh|report|release [flags]")
		flags.PrintDefaults()
		return 2
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errRepair):
		return 1
	case !errors.Is(err, errUnread):
		fmt.Fprintln(errOut, "spec:", err)
	}
	return 2
}

func refreshCommand(ctx context.Context, root, from string, l limits, print func(string) error, unreadable string) error {
	if from != "" && !strings.Contains(from, "://") && !filepath.IsAbs(from) {
		from = filepath.Join(root, from) // the Makefile's caller stands there
	}
	done, err := refresh(ctx, root, from, l)
	if err != nil {
		return err
	}
	words, err := done.text()
	if err == nil {
		err = print(words)
	}
	if err != nil {
		return err
	}
	for _, u := range done.unread {
		if unreadable == "" {
			break
		}
		err := errors.Join(os.MkdirAll(unreadable, 0o755),
			os.WriteFile(filepath.Join(unreadable, filepath.Base(u.name)), []byte(fenced(u.err.Error())), 0o644))
		if err != nil {
			return err
		}
	}
	switch {
	case len(done.unread) > 0:
		return errUnread
	case done.changed && done.report.Repair():
		return errRepair
	}
	return nil
}

// findRoot looks for the module around the working directory.
func findRoot(root *string) error {
	dir, err := filepath.Abs(*root)
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, pages.RecordFile)); err == nil {
			*root = dir
			return nil
		}
		if filepath.Dir(dir) == dir {
			return fmt.Errorf("expected to run inside the module, with its %s", pages.RecordFile)
		}
		dir = filepath.Dir(dir)
	}
	return err
}
