package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payout"
)

// isTerminal reports whether a person sits at the other end.
var isTerminal = func(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// interactive reports whether the user can be shown something and asked.
var interactive = func(o *options) bool { return isTerminal(o.stdin) && isTerminal(o.people().w) }

// display shows progress: a bar in one line that changes, on a terminal; a line for each change, elsewhere; not at all
// beside JSON.
type display struct {
	*options
	job      *job
	terminal bool
	width    int
	started  time.Time

	mu     sync.Mutex
	shown  payout.Progress
	counts map[gen.Funds]int // of the items, as they were last read
	readAt time.Time
	next   time.Time // the next look
	last   string
	stop   chan struct{}
	ended  sync.WaitGroup
}

func newDisplay(o *options, j *job) *display {
	d := &display{options: o, job: j, started: time.Now(), width: 80}
	d.terminal = !o.json && isTerminal(o.stdout.w)
	if file, ok := o.stdout.w.(*os.File); ok && d.terminal {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width >= 20 {
			d.width = width
		}
	}
	return d
}

// show is called with each decision.
func (d *display) show(p payout.Progress) {
	if d.json {
		return
	}
	if !d.terminal {
		d.line(p)
		return
	}
	counts := d.read(p)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown, d.next = p, time.Now().Add(p.Wait)
	if counts != nil {
		d.counts = counts
	}
	if d.stop == nil {
		d.stop = make(chan struct{})
		d.ended.Add(1)
		go d.tick(d.stop)
	}
	d.draw()
}

// line prints what changed.
func (d *display) line(p payout.Progress) {
	text := steps[p.Step].in(d.language)
	if p.Status != "" {
		text += ", " + d.statusText(p.Status)
	}
	if p.Waiting != "" && p.Wait > 0 {
		text += fmt.Sprintf(d.say("; next look in %s", "; %s sonra yeniden bakılır"), d.duration(p.Wait))
		if p.Step == payout.StepStoring && p.Failure == nil { // then it is sent again, or is an error
			text += d.say(", for up to 2 minutes: what was sent may still arrive", ", en çok 2 dakika: gönderilen daha ulaşabilir")
		}
	}
	if p.Failure != nil {
		text += " (" + strings.Join(d.explain(p.Failure), "; ") + ")"
	}
	if text = printable(text); text != d.last {
		fmt.Fprintln(d.stdout, text)
	}
	d.last = text
}

// readAgain is how long the bar's counts stay as they are, for each page of items: iyzico limits how often it is asked.
const readAgain = 10 * time.Second

// read counts the items by where their money is, while a payout is under way, and at its end.
func (d *display) read(p payout.Progress) map[gen.Funds]int {
	result := p.Result
	if !p.Ended || result == nil {
		pages := 1 + len(d.job.request.Items)/1000
		if p.Step != payout.StepAuthorized || p.Wait <= 0 ||
			!d.readAt.IsZero() && time.Since(d.readAt) < time.Duration(pages)*readAgain && !d.job.emulated {
			return nil
		}
		d.readAt = time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		var err error
		if result, err = payout.Review(ctx, d.job.client, payout.ByExternalID(d.job.request.ExternalID), d.job.request); err != nil {
			return nil // the payout goes on without the bar's counts
		}
	}
	counts := map[gen.Funds]int{}
	for _, item := range result.Items {
		counts[item.Status.Funds()]++
	}
	return counts
}

// tick draws the bar anew each second, for the time.
func (d *display) tick(stop chan struct{}) {
	defer d.ended.Done()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
			d.mu.Lock()
			d.draw()
			d.mu.Unlock()
		}
	}
}

// draw writes the bar over the one before.
func (d *display) draw() {
	p := d.shown
	items := len(d.job.request.Items)
	paid, way := d.counts[gen.FundsWithRecipient], d.counts[gen.FundsOnTheWay]
	failed := d.counts[gen.FundsUnsettled] + d.counts[gen.FundsBack] + d.counts[gen.FundsStuck] + d.counts[gen.FundsNeverMoved]
	var parts []string
	if d.counts != nil {
		parts = append(parts, fmt.Sprintf(d.say("%d of %d paid, %d on the way, %d failed",
			"%d/%d ödendi, %d yolda, %d ödenemedi"), paid, items, way, failed))
	}
	parts = append(parts, clock(time.Since(d.started)))
	if wait := time.Until(d.next); wait > 0 && p.Waiting != "" { // a part of a second is one
		parts = append(parts, fmt.Sprintf(d.say("next look in %d s", "%d sn sonra bakılır"), max(1, int(wait.Seconds()+0.5))))
	}
	if d.counts != nil { // as long as there is room, also on a terminal of 80 columns
		length := min(20, max(5, d.width-9-utf8.RuneCountInString(strings.Join(parts, " · "))))
		full := paid * length / items
		parts = append([]string{"[" + strings.Repeat("█", full) + strings.Repeat("░", length-full) + "]"}, parts...)
	}
	text := steps[p.Step].in(d.language)
	if p.Status != "" {
		text += ", " + d.statusText(p.Status)
	}
	parts = append(parts, text)
	if p.Failure != nil {
		parts = append(parts, strings.Join(d.explain(p.Failure), "; "))
	}
	d.last = fit(printable(strings.Join(parts, " · ")), d.width-1)
	fmt.Fprintf(d.stdout, "\r\x1b[K%s", d.last)
}

// duration is a time as people say it: 1.7 s, 2 min 5 s.
func (o *options) duration(t time.Duration) string {
	if t < time.Minute {
		s := strings.TrimSuffix(strconv.FormatFloat(t.Seconds(), 'f', 1, 64), ".0")
		return strings.Replace(s, ".", o.say(".", ","), 1) + o.say(" s", " sn")
	}
	s := int(t.Seconds() + 0.5)
	return fmt.Sprintf(o.say("%d min %d s", "%d dk %d sn"), s/60, s%60)
}

// clock is a time as minutes and seconds.
func clock(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// fit cuts a line to the width of the terminal, so that it can be written over.
func fit(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	return string([]rune(s)[:width-1]) + "…"
}

// end leaves the line that changes, so that what follows stands below it.
func (d *display) end() {
	if d.stop != nil {
		close(d.stop)
		d.ended.Wait()
		d.stop = nil
	}
	if d.terminal && d.last != "" {
		_, _ = io.WriteString(d.stdout, "\n\n")
	} else if d.last != "" {
		fmt.Fprintln(d.stdout)
	}
	d.last = ""
}
