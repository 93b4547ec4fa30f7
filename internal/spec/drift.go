package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/iyzico-go/masspayout/internal/spec/overlay"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// driftCommand fails if something committed differs from what the spec, overlay, config and pinned tool generate, or if
// an action of the overlay has lost its purpose. It writes nothing.
func driftCommand(ctx context.Context, args []string, out, errOut io.Writer) error {
	root, err := parse("drift", args, errOut, nil)
	if err != nil {
		return err
	}
	problems, err := checkOverlay(root)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		for _, problem := range problems {
			fmt.Fprintln(out, problem.Error())
		}
		fmt.Fprintf(out, "\ndrift: correct %s or remove what it no longer needs, then `make generate` and commit the result\n",
			overlayFile)
		return errRepair
	}
	differences, err := tree.Drift(ctx, root)
	if err != nil {
		return fmt.Errorf("drift: whether there is any cannot be told: %w", err)
	}
	if len(differences) == 0 {
		fmt.Fprintln(out, "drift: none; the overlay's actions all apply, and what is generated is what is here")
		return nil
	}
	for _, difference := range differences {
		fmt.Fprint(out, difference.Diff)
	}
	fmt.Fprintln(out)
	for _, difference := range differences {
		fmt.Fprintf(out, "drift: %s %s\n", difference.Name, difference.What)
	}
	fmt.Fprintln(out, "drift: `make generate`, then commit the result; what was edited by hand belongs into api/")
	return errRepair
}

// checkOverlay applies the overlay of root to its document.
func checkOverlay(root string) ([]overlay.Problem, error) {
	document, err := os.ReadFile(filepath.Join(root, documentFile))
	if err != nil {
		return nil, err
	}
	actions, err := os.ReadFile(filepath.Join(root, overlayFile))
	if err != nil {
		return nil, err
	}
	result, err := overlay.Apply(document, actions)
	return result.Problems, err
}
