package main

import (
	"io"
)

// output keeps the first error of writing: whoever prints need not look, and who is asked has been shown all.
type output struct {
	w       io.Writer
	err     error
	written bool
}

func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	o.written = true
	n, err := o.w.Write(p)
	o.err = err
	return n, err
}
