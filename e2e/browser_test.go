// Package e2e tests the emulator's page in a real browser.
package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browser is one tab of a real browser.
type browser struct {
	t   *testing.T
	ctx context.Context
	axe string // axe-core's source

	mu       sync.Mutex
	messages []string // what the page wrote to the console: exceptions, refused scripts and styles
}

// open starts the browser. Without one the test is skipped, unless CI is true.
func open(t *testing.T) *browser {
	t.Helper()
	missing := t.Skipf
	if os.Getenv("CI") == "true" {
		missing = t.Fatalf
	}
	var path string
	for _, name := range []string{"google-chrome", "google-chrome-stable", "chromium", "chromium-browser"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		missing("no Chrome or Chromium here: apt-get install chromium")
	}
	axe, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		missing("no axe-core here: npm ci --prefix e2e (%v)", err)
	}

	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("lang", "en-US"))
	if !canSandbox() {
		opts = append(opts, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, axe: string(axe)}
	b.do(chromedp.Navigate("about:blank"))
	messages := chromedp.Console(ctx)
	go func() {
		for message, err := range messages {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.messages = append(b.messages, message.String())
			b.mu.Unlock()
		}
	}()
	b.look(1440, "light")
	return b
}

// canSandbox reports whether the browser's sandbox can run: not for root, and not where Linux refuses user namespaces to
// programs that no AppArmor profile names, as Ubuntu does since 24.04. The page under test is ours, so it may go without.
func canSandbox() bool {
	for file, refuses := range map[string]string{
		"/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
		"/proc/sys/kernel/unprivileged_userns_clone":             "0",
		"/proc/sys/user/max_user_namespaces":                     "0",
	} {
		if set, err := os.ReadFile(file); err == nil && strings.TrimSpace(string(set)) == refuses {
			return false
		}
	}
	return os.Geteuid() != 0
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// look sets the width of the window and the color scheme.
func (b *browser) look(width int64, scheme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, 900))
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.t.Fatal(err)
	}
}

// until waits until a condition in JavaScript holds in the page.
func (b *browser) until(condition string) {
	b.t.Helper()
	wait := `new Promise((done, failed) => {
		const end = Date.now() + 20000;
		const look = () => (%s) ? done(true)
			: Date.now() > end ? failed(document.body.innerText) : requestAnimationFrame(look);
		look();
	})`
	wait = fmt.Sprintf(wait, condition)
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](wait, chromedp.EvalAwaitPromise)); err != nil {
		b.t.Fatalf("never true: %s\n%v", condition, err)
	}
}

// shows waits until the elements that a selector names show the text.
func (b *browser) shows(selector, text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`Array.from(document.querySelectorAll(%q)).some(
		e => e.checkVisibility() && e.textContent.includes(%s))`, selector, quote(text)))
}

// click clicks what a selector names and shows the text ("": any).
func (b *browser) click(selector, text string) {
	b.t.Helper()
	b.shows(selector, text)
	// The page renews its elements while a test looks at them: the click is where the element is now.
	const where = `(() => {
		const e = Array.from(document.querySelectorAll(%q)).find(e => e.checkVisibility() && e.textContent.includes(%s));
		e.scrollIntoView({block: 'center', behavior: 'instant'});
		const r = e.getBoundingClientRect();
		return [r.x + r.width / 2, r.y + r.height / 2];
	})()`
	at, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(where, selector, quote(text))))
	if err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.MouseClickXY(at[0], at[1]))
}

// fill writes a text into a field, in the place of what is there.
func (b *browser) fill(selector, text string) {
	b.t.Helper()
	b.click(selector, "")
	b.until(fmt.Sprintf(`document.activeElement === document.querySelector(%q)`, selector))
	b.until(`document.activeElement.select() === undefined`)
	b.do(chromedp.KeyEvent(text))
}

// choose chooses an option as a keyboard does, by typing what it says.
func (b *browser) choose(selector, option string) {
	b.t.Helper()
	b.do(chromedp.Focus(chromedp.CSS(selector)), chromedp.KeyEvent(option))
	b.until(fmt.Sprintf(`document.querySelector(%q).value === %s`, selector, quote(option)))
}

func quote(s string) string {
	q, _ := json.Marshal(s)
	return string(q)
}

// accessible wants axe-core to find nothing in the present view, in either color scheme, and the view to fit on a phone.
func (b *browser) accessible(view string) {
	b.t.Helper()
	const run = `axe.run(document).then(result => result.violations.flatMap(v =>
		v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ' ' + n.failureSummary)))`
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[chromedp.Void](b.axe)); err != nil {
		b.t.Fatal(err)
	}
	for _, width := range []int64{390, 1440} {
		for _, scheme := range []string{"dark", "light"} {
			b.look(width, scheme)
			violations, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](run, chromedp.EvalAwaitPromise))
			if err != nil {
				b.t.Fatal(err)
			}
			for _, v := range violations {
				b.t.Errorf("%s, %s, %d wide: %s", view, scheme, width, strings.ReplaceAll(v, "\n", " "))
			}
		}
		wide, err := chromedp.Run(b.ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
		if err != nil || wide > width {
			b.t.Errorf("%s: %d wide in a window of %d (%v)", view, wide, width, err)
		}
	}
}

// quiet wants nothing on the console: no exception, nothing that the Content-Security-Policy refused.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, message := range b.messages {
		b.t.Errorf("console: %s", message)
	}
}
