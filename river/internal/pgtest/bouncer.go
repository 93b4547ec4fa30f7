//go:build unix

package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// SkippedBouncer is what a test without PgBouncer says.
const SkippedBouncer = "no pgbouncer: install it (Debian: apt-get install pgbouncer)"

// Bouncer is a running PgBouncer in front of a Server.
type Bouncer struct {
	dir   string
	owner *syscall.Credential
	cmd   *exec.Cmd
	bin   string
}

// bouncerPort names the unix socket.
const bouncerPort = 6432

// StartBouncer returns a PgBouncer in front of the server, in pool mode "session" or "transaction", with connections
// sessions of the database for all of its clients. Without the program the test is skipped, unless the environment says
// CI=true.
func StartBouncer(t testing.TB, s *Server, mode string, connections int) *Bouncer {
	t.Helper()
	b := &Bouncer{}
	var err error
	if b.bin, err = findBouncer(); err != nil {
		if os.Getenv("CI") == "" {
			t.Skip(SkippedBouncer)
		}
		t.Fatal(err)
	}
	if b.dir, err = os.MkdirTemp("", "bouncer-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.Kill()
		if err := os.RemoveAll(b.dir); err != nil {
			t.Error(err)
		}
	})
	if b.owner, err = dropRoot(b.dir); err != nil {
		t.Fatal(err)
	}
	to, err := pgx.ParseConfig(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	password := ""
	if to.Password != "" {
		password = fmt.Sprintf("password='%s'", to.Password)
	}
	config := fmt.Sprintf(`[databases]
* = host='%s' port=%d user='%s' %s
[pgbouncer]
pool_mode = %s
default_pool_size = %d
max_client_conn = 500
listen_port = %d
unix_socket_dir = %s
auth_type = any
server_login_retry = 1
server_check_delay = 0
`, to.Host, to.Port, to.User, password, mode, connections, bouncerPort, b.dir)
	if err := os.WriteFile(filepath.Join(b.dir, "pgbouncer.ini"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := b.Restart(s); err != nil {
		t.Fatal(err)
	}
	return b
}

func findBouncer() (string, error) {
	for _, name := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} { // sbin is not on everybody's PATH
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("pgtest: " + SkippedBouncer)
}

// Restart starts the PgBouncer that Kill ended, and waits until it answers.
func (b *Bouncer) Restart(s *Server) error {
	var log bytes.Buffer
	b.cmd = exec.Command(b.bin, filepath.Join(b.dir, "pgbouncer.ini"))
	b.cmd.Dir = b.dir
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: b.owner, Setpgid: true}
	dieWithParent(b.cmd.SysProcAttr)
	b.cmd.Stdout, b.cmd.Stderr = &log, &log
	if err := b.cmd.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, b.URL(s.URL))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("pgbouncer does not answer: %w\n%s", err, log.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Kill ends it at once, and all connections with it.
func (b *Bouncer) Kill() {
	if b.cmd == nil || b.cmd.Process == nil {
		return
	}
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait() // the error says that it was killed
	b.cmd = nil
}

// URL returns the URL that leads through it to the database of another URL.
func (b *Bouncer) URL(database string) string {
	u, err := url.Parse(database)
	if err != nil {
		panic(err)
	}
	query := u.Query()
	query.Set("host", b.dir)
	query.Set("port", strconv.Itoa(bouncerPort))
	query.Set("user", "any")
	u.User, u.Host, u.RawQuery = nil, "", query.Encode()
	return u.String()
}
