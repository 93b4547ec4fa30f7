package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/iyzico-go/masspayout/internal/spec/document"
	"github.com/iyzico-go/masspayout/internal/spec/record"
	"github.com/iyzico-go/masspayout/internal/spec/report"
	"github.com/iyzico-go/masspayout/internal/spec/source"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// errUnreadable is a page that could not be had or has no document that this client could be generated from. The tree is
// as it was.
var errUnreadable = errors.New("the page could not be read, and nothing was changed")

// refreshFlags say where iyzico's document is read from.
type refreshFlags struct {
	from   string
	page   string
	limits source.Limits
}

func (f *refreshFlags) define(flags *flag.FlagSet) {
	f.limits = source.Default
	flags.StringVar(&f.from, "from", "",
		"the documentation page in Markdown or the bare document, a file or an address (default: the page of record)")
	flags.StringVar(&f.page, "page", "", "the address to record when -from is a saved copy (default: the page of record)")
	flags.DurationVar(&f.limits.Timeout, "timeout", f.limits.Timeout, "how long the answer may take")
	flags.Int64Var(&f.limits.Bytes, "max-bytes", f.limits.Bytes, "how long the page may be")
}

// refreshCommand takes over iyzico's document and tells what its change means. An unchanged document changes no byte.
//
// If the overlay no longer fits the new document, or what is generated no longer builds, the new document stays: the
// maintainer repairs the overlay against it. The report says what fails, and the exit code is 1.
func refreshCommand(ctx context.Context, args []string, out, errOut io.Writer) error {
	var from refreshFlags
	var reportFile string
	root, err := parse("refresh", args, errOut, func(flags *flag.FlagSet) {
		from.define(flags)
		flags.StringVar(&reportFile, "report", "", "a file to write the report to, besides stdout")
	})
	if err != nil {
		return err
	}
	result, err := refresh(ctx, root, from)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("iyzico's document is the one in %s, version %s; nothing was changed.\n", documentFile,
		result.document.Version)
	if result.changed {
		text = result.report.Markdown()
	}
	if err := writeReport(text, reportFile, out); err != nil {
		return err
	}
	if result.changed && result.report.Repair() {
		return errRepair
	}
	return nil
}

func writeReport(text, file string, out io.Writer) error {
	if file != "" {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	_, err := io.WriteString(out, text)
	return err
}

// refreshed is what a refresh did.
type refreshed struct {
	document document.Document
	changed  bool
	report   report.Report // if it changed
}

func refresh(ctx context.Context, root string, from refreshFlags) (refreshed, error) {
	readmePath, documentPath := filepath.Join(root, recordFile), filepath.Join(root, documentFile)
	readme, err := os.ReadFile(readmePath)
	if err != nil {
		return refreshed{}, err
	}
	recorded, err := record.Parse(string(readme))
	if err != nil {
		return refreshed{}, fmt.Errorf("%s: %w", recordFile, err)
	}
	if from.from == "" {
		from.from = recorded.Page
	}
	if from.from == "" {
		return refreshed{}, fmt.Errorf("expected -from, a file or an address; %s has none either", recordFile)
	}
	found, err := readDocument(ctx, from)
	if err != nil {
		return refreshed{}, fmt.Errorf("%w: %s: %w", errUnreadable, from.from, err)
	}
	result := refreshed{document: found}
	current, err := os.ReadFile(documentPath)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return refreshed{}, err
	}
	if bytes.Equal(current, found.Text) && recorded.SHA256 == found.SHA256 {
		return result, nil
	}
	result.changed = true
	newReadme, err := record.Replace(string(readme), newRecord(recorded, from, found))
	if err != nil {
		return refreshed{}, fmt.Errorf("%s: %w", recordFile, err)
	}
	if err := replaceBoth(documentPath, found.Text, current, readmePath, []byte(newReadme)); err != nil {
		return refreshed{}, err
	}
	result.report, err = report.Compare(ctx, root, "HEAD", regenerate(ctx, root))
	if err != nil {
		return refreshed{}, fmt.Errorf("%s is the new one, version %s, but what changed cannot be told: %w", documentFile,
			found.Version, err)
	}
	return result, nil
}

func readDocument(ctx context.Context, from refreshFlags) (document.Document, error) {
	page, err := source.Read(ctx, from.from, from.limits)
	if err != nil {
		return document.Document{}, err
	}
	text, err := document.Find(page)
	if err != nil {
		return document.Document{}, err
	}
	return document.Parse(text)
}

// newRecord keeps the page's address when a saved copy was read: the copy's own place means nothing to others.
func newRecord(recorded record.Record, from refreshFlags, found document.Document) record.Record {
	r := record.Record{
		Page: recorded.Page, Date: time.Now().UTC().Format(time.DateOnly), Version: found.Version, SHA256: found.SHA256,
	}
	if source.IsAddress(from.from) {
		r.Page = from.from
		if address, err := url.Parse(from.from); err == nil {
			address.User = nil
			r.Page = address.String()
		}
		return r
	}
	r.Copy = filepath.Base(from.from)
	if from.page != "" {
		r.Page = from.page
	}
	return r
}

// replaceBoth replaces the document and its record, or neither.
func replaceBoth(documentPath string, text, was []byte, readmePath string, readme []byte) error {
	if err := tree.Replace(documentPath, text); err != nil {
		return err
	}
	err := tree.Replace(readmePath, readme)
	if err != nil && was != nil {
		err = errors.Join(err, tree.Replace(documentPath, was))
	}
	return err
}

// regenerate generates and builds, and returns what fails.
func regenerate(ctx context.Context, root string) []string {
	if err := tree.Generate(ctx, root); err != nil {
		return []string{err.Error()}
	}
	if err := tree.Build(ctx, root); err != nil {
		return []string{err.Error()}
	}
	return nil
}
