package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/iyzico-go/masspayout/payout"
)

// display shows progress: in one line that changes, on a terminal; a line for each change, elsewhere; not at all beside
// JSON.
type display struct {
	w        io.Writer
	terminal bool
	quiet    bool
	last     string
}

func newDisplay(w io.Writer, quiet bool) *display {
	d := &display{w: w, quiet: quiet}
	if file, ok := w.(*os.File); ok {
		info, err := file.Stat()
		d.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return d
}

func (d *display) show(p payout.Progress) {
	text := printable(strings.TrimPrefix(p.String(), p.Ref.String()+": ")) // which payout it is, everybody knows here
	switch {
	case d.quiet, text == d.last:
		return
	case d.terminal:
		fmt.Fprintf(d.w, "\r\x1b[K%s", text)
	default:
		fmt.Fprintln(d.w, text)
	}
	d.last = text
}

// end leaves the line that changes, so that what follows stands below it.
func (d *display) end() {
	if d.terminal && d.last != "" {
		fmt.Fprint(d.w, "\n\n")
	} else if d.last != "" {
		fmt.Fprintln(d.w)
	}
	d.last = ""
}
