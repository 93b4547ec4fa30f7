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
	text, err := try(ctx, args, errOut)
	_, writeErr := io.WriteString(out, text)
	switch err = errors.Join(err, writeErr); {
	case err == nil:
		return 0
	case errors.Is(err, errRepair):
		return 1
	case !errors.Is(err, errUnread):
		fmt.Fprintln(errOut, "spec:", err)
	}
	return 2
}

// try returns what is printed, which says more than an error.
func try(ctx context.Context, args []string, errOut io.Writer) (text string, err error) {
	flags := flag.NewFlagSet("spec", flag.ContinueOnError)
	flags.SetOutput(errOut)
	dir := flags.String("C", ".", "a folder of the module")
	from := flags.String("from", "", "refresh: a page or a folder, as Markdown or JSON, or an address (default: those on record)")
	base := flags.String("base", "HEAD", "report: the commit or tag to compare the working tree with")
	version := flags.String("version", "", "release, tags: the number, such as v0.2.0")
	page := flags.String("page", "", "refresh: the file in api/pages that -from belongs to, where that cannot be told")
	watch := flags.String("watch", "", "refresh: a folder for what the scheduled look does with the findings")
	if len(args) == 0 || flags.Parse(args[1:]) != nil || flags.NArg() > 0 {
		return "", fmt.Errorf("%w, got %q", errUsage, args)
	}
	root, err := tree.Root(ctx, *dir, pages.RecordFile)
	if err != nil {
		return "", err
	}
	var rep report
	switch args[0] {
	case "drift":
		return drift(ctx, root)
	case "release":
		return release.Check(ctx, root, *version)
	case "tags":
		return release.Tags(ctx, root, *version)
	case "report":
		err = rep.compare(ctx, root, *base, nil)
	case "refresh":
		if *from != "" && !strings.Contains(*from, "://") && !filepath.IsAbs(*from) {
			*from = filepath.Join(root, *from) // the Makefile's caller stands there
		}
		if rep, err = refresh(ctx, newClient(), root, *from, *page); err == nil && *watch != "" {
			err = rep.writeWatch(*watch)
		}
	default:
		err = fmt.Errorf("%w, got %q", errUsage, args)
	}
	if err == nil {
		text, err = rep.markdown()
	}
	switch {
	case err == nil && len(rep.Found) > 0 && strings.HasPrefix(rep.Found[0].Title, titleUnread): // these are the first
		err = errUnread
	case err == nil && (rep.Repair() || len(rep.Found) > 0):
		err = errRepair
	}
	return text, err
}
