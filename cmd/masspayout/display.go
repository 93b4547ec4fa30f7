package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/iyzico-go/masspayout/payout"
)

// display shows progress: in one line that changes, on a terminal; a line for each change, elsewhere; not at all beside
// JSON.
type display struct {
	*options
	terminal bool
	last     string
}

func newDisplay(o *options) *display {
	d := &display{options: o}
	if file, ok := o.stdout.w.(*os.File); ok {
		info, err := file.Stat()
		d.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return d
}

// turkishSteps are the names of the steps in Turkish.
var turkishSteps = map[payout.Step]string{
	payout.StepNew: "yeni", payout.StepStoring: "kaydediliyor", payout.StepStored: "kaydedildi",
	payout.StepAuthorizing: "onaylanıyor", payout.StepCanceling: "iptal ediliyor", payout.StepAuthorized: "onaylandı", payout.StepEnded: "sonuçlandı",
}

func (d *display) show(p payout.Progress) {
	text := d.say(string(p.Step), turkishSteps[p.Step])
	if p.Status != "" {
		text += ", " + string(p.Status)
	}
	if p.Waiting != "" && p.Wait > 0 {
		wait := p.Wait.Round(100 * time.Millisecond)
		text += d.say(fmt.Sprintf("; waiting %v: %s", wait, p.Waiting), fmt.Sprintf("; %v bekleniyor", wait))
	}
	if p.Failure != nil {
		text += " (" + strings.TrimPrefix(p.Failure.Error(), "payout: ") + ")"
	}
	text = printable(text)
	switch {
	case d.json, text == d.last:
		return
	case d.terminal:
		fmt.Fprintf(d.stdout, "\r\x1b[K%s", text)
	default:
		fmt.Fprintln(d.stdout, text)
	}
	d.last = text
}

// end leaves the line that changes, so that what follows stands below it.
func (d *display) end() {
	if d.terminal && d.last != "" {
		fmt.Fprint(d.stdout, "\n\n")
	} else if d.last != "" {
		fmt.Fprintln(d.stdout)
	}
	d.last = ""
}
