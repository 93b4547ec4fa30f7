//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/emulator"
)

// process is a run of the built command.
type process struct {
	*exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	read   strings.Builder
	stderr strings.Builder
}

func start(t *testing.T, binary string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(binary, args...)}
	stdin, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin, p.stdout, p.Stderr = stdin, bufio.NewReader(stdout), &p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

// await reads until the command has printed text.
func (p *process) await(t *testing.T, text string) {
	t.Helper()
	for !strings.Contains(p.read.String(), text) {
		b, err := p.stdout.ReadByte()
		if err != nil {
			t.Fatalf("it ended without %q, having printed:\n%s%s", text, p.read.String(), p.stderr.String())
		}
		p.read.WriteByte(b)
	}
}

// end waits for the command's end and returns its exit code.
func (p *process) end(t *testing.T) int {
	t.Helper()
	rest, err := io.ReadAll(p.stdout)
	if err != nil {
		t.Fatal(err)
	}
	p.read.Write(rest)
	_ = p.Wait() // the exit code says it all
	return p.ProcessState.ExitCode()
}

// The built command, with Ctrl-C at the question and while the payout is under way.
func TestBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	binary := filepath.Join(t.TempDir(), "payout")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	clock := emulator.NewManualClock(time.Now())
	emu := emulated(t, nil, emulator.WithStage(time.Hour), emulator.WithClock(clock.Now))
	writeRequest(t, one)

	p := start(t, binary, "-f", "request.json", "-pay")
	p.await(t, "This cannot be undone. [yes/no] ")
	_ = p.Process.Signal(os.Interrupt)
	if code := p.end(t); code != 1 || !strings.Contains(p.stderr.String(), "not confirmed; nobody was paid") ||
		emu.Calls(emulator.OpAuth) != 0 {
		t.Errorf("Ctrl-C at the question: exit code %d, %d calls of auth, stderr:\n%s", code, emu.Calls(emulator.OpAuth),
			p.stderr.String())
	}

	p = start(t, binary, "-f", "request.json", "-resume")
	p.await(t, "This cannot be undone. [yes/no] ")
	_, _ = io.WriteString(p.stdin, "yes\n")
	p.await(t, "authorized, PUBLISHED_TO_QUEUE")
	_ = p.Process.Signal(syscall.SIGTERM)
	if code := p.end(t); code != 1 || !strings.Contains(p.stderr.String(), "money may have moved") ||
		!strings.Contains(p.stderr.String(), "To continue: the same command.\n") {
		t.Errorf("stopped: exit code %d, stderr:\n%s", code, p.stderr.String())
	}

	clock.Advance(3 * time.Hour)
	p = start(t, binary, "-f", "request.json", "-resume")
	if code := p.end(t); code != 0 || !strings.Contains(p.read.String(), "SUCCESS  paid") || emu.Paid()["a"] != 1 ||
		emu.Calls(emulator.OpInit) != 1 || emu.Calls(emulator.OpAuth) != 1 {
		t.Errorf("resumed: exit code %d, paid %v, %d calls of init, %d of auth, printed:\n%s%s", code, emu.Paid(),
			emu.Calls(emulator.OpInit),
			emu.Calls(emulator.OpAuth), p.read.String(), p.stderr.String())
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
