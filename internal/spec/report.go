package main

import (
	"context"
	"flag"
	"io"

	"github.com/iyzico-go/masspayout/internal/spec/report"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// reportCommand tells what changed from a commit to the working tree: what a refresh tells, again after the overlay was
// repaired, or for all that was merged since a release.
func reportCommand(ctx context.Context, args []string, out, errOut io.Writer) error {
	var base, reportFile string
	root, err := parse("report", args, errOut, func(flags *flag.FlagSet) {
		flags.StringVar(&base, "base", "HEAD", "the commit or tag to compare the working tree with")
		flags.StringVar(&reportFile, "report", "", "a file to write the report to, besides stdout")
	})
	if err != nil {
		return err
	}
	var broken []string
	if err := tree.Build(ctx, root); err != nil {
		broken = append(broken, err.Error())
	}
	compared, err := report.Compare(ctx, root, base, broken)
	if err != nil {
		return err
	}
	if err := writeReport(compared.Markdown(), reportFile, out); err != nil {
		return err
	}
	if compared.Repair() {
		return errRepair
	}
	return nil
}
