// Command spec keeps the client in step with iyzico's documentation. Maintainers call it through the Makefile:
//
//	go run -C internal/spec . drift                    is what is committed what would be generated?
//	go run -C internal/spec . refresh -from WHERE      take over iyzico's pages, regenerate, tell what changed
//	go run -C internal/spec . report -base COMMIT      tell what changed since a commit
//	go run -C internal/spec . release -version vX.Y.Z  may the module be released under this number?
//	go run -C internal/spec . tags -version vX.Y.Z     the tags of that release
//
// It exits with 0 if all is well, 1 if a maintainer must do something, and 2 if it could not find out (git, the
// network, a page, a tool or the command line is to blame). Under `go run` both failures are 1.
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
	"github.com/iyzico-go/masspayout/internal/spec/release"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

var (
	errRepair = errors.New("something must be done")  // after it was said what
	errUnread = errors.New("pages could not be read") // after it was said which
	errUsage  = errors.New("expected drift, refresh, report, release or tags, and their flags")
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// command is main without the process around it.
func command(ctx context.Context, args []string, out, errOut io.Writer) int {
	switch err := try(ctx, args, out, errOut); {
	case err == nil:
		return 0
	case errors.Is(err, errRepair):
		return 1
	case !errors.Is(err, errUnread):
		fmt.Fprintln(errOut, "spec:", err)
	}
	return 2
}

func try(ctx context.Context, args []string, out, errOut io.Writer) error {
	flags := flag.NewFlagSet("spec", flag.ContinueOnError)
	flags.SetOutput(errOut)
	root := flags.String("C", ".", "a folder of the module")
	from := flags.String("from", "",
		"refresh: a page or a folder of pages, as Markdown or JSON, or an address (default: those on record)")
	base := flags.String("base", "HEAD", "report: the commit or tag to compare the working tree with")
	version := flags.String("version", "", "release: the number, such as v0.2.0")
	page := flags.String("page", "", "refresh: the file in api/pages that -from belongs to, where that cannot be told")
	file := flags.String("out", "", "a file to write the report or the changelog's text to, besides stdout")
	watch := flags.String("watch", "", "refresh: a folder for what the scheduled look does with the findings")
	if len(args) == 0 || flags.Parse(args[1:]) != nil || flags.NArg() > 0 {
		return fmt.Errorf("%w, got %q", errUsage, args)
	}
	top, err := tree.Root(ctx, *root, pages.RecordFile)
	if err != nil {
		return err
	}
	print := func(text string, err error) error {
		if err == nil && *file != "" {
			err = os.WriteFile(*file, []byte(text), 0o644)
		}
		if err == nil {
			_, err = io.WriteString(out, text)
		}
		return err
	}
	switch args[0] {
	case "drift":
		return drift(ctx, top, out)
	case "release":
		return print(release.Check(ctx, top, *version))
	case "tags":
		return print(release.Tags(ctx, top, *version))
	case "report":
		rep, err := compare(ctx, top, *base, nil)
		if err == nil {
			err = print(rep.markdown())
		}
		if err == nil && rep.Repair() {
			err = errRepair
		}
		return err
	case "refresh":
		if *from != "" && !strings.Contains(*from, "://") && !filepath.IsAbs(*from) {
			*from = filepath.Join(top, *from) // the Makefile's caller stands there
		}
		done, err := refresh(ctx, top, *from, *page, defaults)
		if err == nil {
			err = print(done.text())
		}
		if err == nil && *watch != "" {
			err = done.writeWatch(*watch)
		}
		if err == nil && len(done.Unread) > 0 {
			err = errUnread
		} else if err == nil && (done.changed && done.report.Repair() || len(done.Index.New)+len(done.Index.Gone) > 0) {
			err = errRepair
		}
		return err
	}
	return fmt.Errorf("%w, got %q", errUsage, args)
}
