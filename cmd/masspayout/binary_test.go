//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/iyzico-go/masspayout/emulator"
)

// process is a run of the built command at a terminal.
type process struct {
	*exec.Cmd
	terminal *os.File
	mu       sync.Mutex
	read     strings.Builder
	more     chan struct{} // something was read, or it has ended
	ended    chan struct{}
}

func start(t *testing.T, binary string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(binary, args...), more: make(chan struct{}, 1), ended: make(chan struct{})}
	terminal, err := pty.StartWithSize(p.Cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	p.terminal = terminal
	t.Cleanup(func() { _ = p.Process.Kill(); _ = terminal.Close() })
	go func() {
		defer close(p.ended)
		buffer := make([]byte, 4096)
		for {
			n, err := terminal.Read(buffer)
			p.mu.Lock()
			p.read.Write(buffer[:n])
			p.mu.Unlock()
			if err != nil {
				return
			}
			select {
			case p.more <- struct{}{}:
			default:
			}
		}
	}()
	return p
}

func (p *process) printed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.ReplaceAll(p.read.String(), "\r\n", "\n")
}

// await reads until the command has printed text.
func (p *process) await(t *testing.T, text string) {
	t.Helper()
	for !strings.Contains(p.printed(), text) {
		select {
		case <-p.more:
		case <-p.ended:
			if !strings.Contains(p.printed(), text) {
				t.Fatalf("it ended without %q, having printed:\n%s", text, p.printed())
			}
		}
	}
}

func (p *process) enter(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(p.terminal, text); err != nil {
		t.Fatal(err)
	}
}

// end waits for the command's end and returns its exit code.
func (p *process) end() int {
	<-p.ended
	_ = p.Wait() // the exit code says it all
	return p.ProcessState.ExitCode()
}

// The built command, with Ctrl-C at the question and while the payout is under way.
func TestBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	binary := filepath.Join(t.TempDir(), "masspayout")
	if out, err := exec.Command("go", "build", "-tags", "noxlsx", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	clock := emulator.NewManualClock(time.Now())
	emu := emulated(t, nil, emulator.WithStage(time.Hour), emulator.WithClock(clock.Now))
	writeRequest(t, one)

	p := start(t, binary, "-f", "request.json", "-pay")
	p.await(t, "This cannot be undone. [yes/no] ")
	if !strings.Contains(p.printed(), "a     Ayşe Yılmaz  IBAN …1326  100.50 TRY  not paid yet") ||
		!strings.Contains(p.printed(), "Balance: 1,000,000,000.00 before, 999,999,899.50 after.") {
		t.Errorf("asked:\n%s", p.printed())
	}
	p.enter(t, "\x03") // Ctrl-C
	if code := p.end(); code != 1 || !strings.Contains(p.printed(), "not confirmed; nobody was paid") ||
		!strings.Contains(p.printed(), "it was not authorized, so nobody is paid.\nTo continue: masspayout -f request.json -resume\n") ||
		emu.Calls(emulator.OpAuth) != 0 {
		t.Errorf("Ctrl-C at the question: exit code %d, %d calls of auth, printed:\n%s", code, emu.Calls(emulator.OpAuth),
			p.printed())
	}

	p = start(t, binary, "-f", "request.json", "-resume")
	p.await(t, "This cannot be undone. [yes/no] ")
	p.enter(t, "yes\n")
	p.await(t, "[░░░░░░░░░░░░░░░░░░░░] · 0 of 1 paid, 1 on the way, 0 failed · 0:0")
	p.await(t, " · next look in 2 s")
	p.enter(t, "\x03")
	if code := p.end(); code != 1 || !strings.Contains(p.printed(), "iyzico pays it without this program") ||
		!strings.Contains(p.printed(), "To continue: masspayout -f request.json -resume\n") {
		t.Errorf("stopped: exit code %d, printed:\n%s", code, p.printed())
	}

	clock.Advance(3 * time.Hour)
	p = start(t, binary, "-f", "request.json", "-resume", "-lang", "tr")
	if code := p.end(); code != 0 || !strings.Contains(p.printed(), "100,50 TRY  ödendi") || emu.Paid()["a"] != 1 ||
		emu.Calls(emulator.OpInit) != 1 || emu.Calls(emulator.OpAuth) != 1 {
		t.Errorf("resumed: exit code %d, paid %v, %d calls of init, %d of auth, printed:\n%s", code, emu.Paid(),
			emu.Calls(emulator.OpInit), emu.Calls(emulator.OpAuth), p.printed())
	}

	// What is typed before a question was shown does not answer it.
	writeFile(t, "three.csv", people(3))
	auths := emu.Calls(emulator.OpAuth)
	p = start(t, binary, "-f", "three.csv", "-id", "three", "-split", "1", "-pay")
	p.await(t, "Go on? Before each is paid, you are asked again. [yes/no] ")
	p.enter(t, "evet\nevet\nevet\nevet\n")
	p.await(t, "Pay 1 item now, 1,010.00 TRY? This cannot be undone. [yes/no] ")
	p.enter(t, "no\n")
	if code := p.end(); code != 1 || emu.Calls(emulator.OpAuth) != auths {
		t.Errorf("typed ahead: exit code %d, %d calls of auth, printed:\n%s", code, emu.Calls(emulator.OpAuth)-auths, p.printed())
	}

	// Without a terminal there is nobody to ask.
	piped := exec.Command(binary, "-f", "request.json", "-pay")
	piped.Stdin = strings.NewReader("yes\n")
	if out, err := piped.CombinedOutput(); err == nil || piped.ProcessState.ExitCode() != 2 ||
		!strings.Contains(string(out), "there is no terminal to ask at") {
		t.Errorf("piped: %v, printed:\n%s", err, out)
	}

	if _, err := os.Stat("/dev/full"); err != nil {
		return
	}
	sink, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	cmd := exec.Command(binary, "-f", "request.json", "-status", "-json")
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = sink, &stderr
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(),
		"no space left") {
		t.Errorf("-json > /dev/full: %v, stderr:\n%s", err, stderr.String())
	}
}
