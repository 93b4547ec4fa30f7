package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/iyzico-go/masspayout/cmd/masspayout/internal/sheet"
	"github.com/iyzico-go/masspayout/payout"
)

// output keeps the first error of writing: whoever prints need not look, and who is asked has been shown all.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(p)
	o.err = err
	return n, err
}

// resultFile is the file of -out. It is replaced as a whole, or not at all. A nil resultFile means that there is none.
type resultFile struct {
	name      string
	temporary *os.File
}

// newResultFile makes sure that the file can be written, before anything is sent.
func newResultFile(o *options) (*resultFile, error) {
	if o.out == "" {
		return nil, nil
	}
	if out, err := os.Stat(o.out); err == nil {
		for _, name := range []string{o.file, o.state} {
			if other, err := os.Stat(name); err == nil && os.SameFile(out, other) {
				return nil, fmt.Errorf("-out would overwrite %s", name)
			}
		}
		if !out.Mode().IsRegular() {
			return nil, fmt.Errorf("-out: %s is not a file", o.out)
		}
	}
	temporary, err := os.CreateTemp(filepath.Dir(o.out), "."+filepath.Base(o.out)+".*.tmp") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("-out: %w", err)
	}
	return &resultFile{name: o.out, temporary: temporary}, nil
}

// write puts the result in the place of what the file held.
func (f *resultFile) write(in *input, result *payout.Result, o *options) error {
	if f == nil {
		return nil
	}
	outcomes := sheet.Outcomes{ExternalID: result.ExternalID, RequestID: result.RequestID}
	for i, item := range result.Items {
		outcomes.Items = append(outcomes.Items, sheet.Outcome{
			ItemExternalID: item.ItemExternalID, Recipient: in.request.Items[i].Recipient(), Amount: item.Amount,
			Commission: item.Commission, Status: item.Status, Reasons: item.Reasons, ReferenceCode: item.ReferenceCode,
		})
	}
	temporary := f.temporary.Name()
	err := sheet.Write(f.temporary, outcomes, in.format, o.language)
	if err == nil {
		err = f.temporary.Sync()
	}
	if err = errors.Join(err, f.temporary.Close()); err == nil {
		err = os.Rename(temporary, f.name)
	}
	if err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	return nil
}

// discard removes what write did not use.
func (f *resultFile) discard() {
	if f != nil {
		_ = f.temporary.Close()
		_ = os.Remove(f.temporary.Name())
	}
}
