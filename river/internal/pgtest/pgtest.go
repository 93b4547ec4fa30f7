//go:build unix

// Package pgtest gives tests a real PostgreSQL: the one that the environment names, or one of their own that is started
// from the machine's binaries and dies with the test.
package pgtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// EnvURL names the environment variable with the URL of a PostgreSQL server whose user may create databases.
const EnvURL = "MASSPAYOUT_TEST_POSTGRES"

// Skipped is what a test without a PostgreSQL says.
const Skipped = "no PostgreSQL: set " + EnvURL + " to a server's URL, or install the binaries (Debian: apt-get install postgresql)"

// Server is a running PostgreSQL.
type Server struct {
	// URL leads to a database whose user may create others.
	URL string

	dir, bin string
	hasty    bool                // forgets what a machine's crash would interrupt, not what its own does
	owner    *syscall.Credential // nil: this process's user
	cmd      *exec.Cmd
	remove   func() error // removes dir
	created  atomic.Int64
	template struct {
		sync.Once
		name string
		err  error
	}
	mu   sync.Mutex
	idle []string // the URLs of databases that were lent
}

// Start returns a PostgreSQL server: the one that the environment names, else one of its own in a temporary folder,
// reached over a unix socket there. Without either the test is skipped, unless the environment says CI=true.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := run(true)
	check(t, err)
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func check(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, ErrNoBinaries) && os.Getenv("CI") == "" {
		t.Skip(Skipped)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// shared is one server for all tests of a package.
var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Shared is Start with the same server for all tests, started once. Run the package's tests with Main.
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.once.Do(func() { shared.server, shared.err = run(true) })
	check(t, shared.err)
	return shared.server
}

// ToKill is Shared for tests that kill the server and start it again, which are no parallel ones. They are skipped where it
// is not ours.
func ToKill(t testing.TB) *Server {
	t.Helper()
	s := Shared(t)
	if s.cmd == nil {
		t.Skip("the server is not ours to kill")
	}
	return s
}

// Main runs a package's tests and stops the server of Shared. Call it in TestMain.
func Main(m *testing.M) {
	code := m.Run()
	if shared.server != nil {
		if err := shared.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// ErrNoBinaries is returned where PostgreSQL is not installed.
var ErrNoBinaries = errors.New("pgtest: " + Skipped)

// Run is Start for a program, with PostgreSQL's own settings. Call Stop in the end.
func Run() (*Server, error) { return run(false) }

func run(hasty bool) (_ *Server, err error) {
	if given := os.Getenv(EnvURL); given != "" {
		return &Server{URL: given}, nil
	}
	s := &Server{hasty: hasty}
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	parent := ""
	if hasty {
		parent = memory()
	}
	if s.dir, err = os.MkdirTemp(parent, "pgtest-"); err != nil {
		return nil, err
	}
	if s.remove, err = removeInTheEnd(s.dir); err != nil {
		return nil, err
	}
	if err := s.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("pgtest: %w", err), s.Stop())
	}
	return s, nil
}

// removeInTheEnd returns a function that removes a folder, which also goes when this process dies. A shell waits for that.
func removeInTheEnd(dir string) (remove func() error, err error) {
	shell := exec.Command("sh", "-c", `read _; rm -rf "$0" || { sleep 1; rm -rf "$0"; }`, dir)
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl+C does not end it
	in, err := shell.StdinPipe()
	if err == nil {
		err = shell.Start()
	}
	return func() error { return errors.Join(in.Close(), shell.Wait()) }, err
}

// binaries returns the folder of the newest initdb and postgres.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", ErrNoBinaries
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(strings.Split(path, "/")[4])
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

func (s *Server) start() error {
	var err error
	if s.owner, err = dropRoot(s.dir); err != nil {
		return err
	}
	if err := s.initdb(); err != nil {
		return err
	}
	return s.Restart()
}

// initdb creates the folder of data. That of a test is a copy of one in the user's cache, which takes a fraction of the
// time; the first test of a version of PostgreSQL leaves it there.
func (s *Server) initdb() error {
	args := []string{"-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"}
	kept := ""
	if version, err := s.command("initdb", "--version").Output(); s.hasty && err == nil {
		if cache, err := os.UserCacheDir(); err == nil {
			made := fmt.Sprint(string(version), args[2:], s.owner)
			kept = filepath.Join(cache, "masspayout-pgtest", fmt.Sprintf("%x", sha256.Sum256([]byte(made))))
		}
	}
	if kept != "" && exec.Command("cp", "-a", kept, s.data()).Run() == nil {
		return nil
	}
	if err := os.RemoveAll(s.data()); err != nil {
		return err
	}
	if out, err := s.command("initdb", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if kept != "" {
		s.keep(kept)
	}
	return nil
}

// keep leaves a copy of the data, whole or not at all. Errors do no harm: the next test makes its own.
func (s *Server) keep(kept string) {
	if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
		return
	}
	part, err := os.MkdirTemp(filepath.Dir(kept), "part-")
	if err != nil {
		return
	}
	defer os.RemoveAll(part)
	if exec.Command("cp", "-a", s.data(), part).Run() == nil {
		_ = os.Rename(filepath.Join(part, filepath.Base(s.data())), kept)
	}
}

// dropRoot returns whom the commands run as in place of root, as whom they refuse to run, and gives the folder to them.
func dropRoot(dir string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, uid, gid)
	}
	return nil, errors.New("initdb refuses to run as root, and there is no user postgres or nobody")
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner, Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	return cmd
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// Restart starts the server that Kill ended, and waits until it answers.
func (s *Server) Restart() error {
	var log bytes.Buffer
	settings := []string{"-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "max_connections=200"}
	if s.hasty {
		settings = append(settings, "-c", "fsync=off", "-c", "full_page_writes=off",
			"-c", "autovacuum=off", "-c", "jit=off", "-c", "shared_buffers=32MB")
	}
	s.cmd = s.command("postgres", settings...)
	s.cmd.Stdout, s.cmd.Stderr = &log, &log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.URL = "postgres:///postgres?host=" + url.QueryEscape(s.dir) + "&user=postgres"
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.URL)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w\n%s", err, log.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Kill ends the server at once, as a power cut would end it.
func (s *Server) Kill() error {
	if s.cmd == nil {
		return errors.New("pgtest: the server is not ours to kill")
	}
	err := s.cmd.Process.Signal(syscall.SIGQUIT)
	_ = s.cmd.Wait() // the error says that it was killed
	return err
}

// Stop ends the server and removes its folder. It does nothing to a server that the environment names.
func (s *Server) Stop() error {
	if s.dir == "" {
		return nil
	}
	if s.cmd != nil && s.cmd.ProcessState == nil {
		_ = s.Kill()
	}
	return s.remove()
}

// CPU returns the processor time that a server of its own has taken so far, as Linux tells it.
func (s *Server) CPU() (used time.Duration) {
	if s.cmd == nil {
		return 0
	}
	const pid, ppid, utime, stime, cutime, cstime = 0, 3, 13, 14, 15, 16 // fields of /proc/<pid>/stat, see proc(5)
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		before, after, _ := strings.Cut(string(data), " (")
		fields := append([]string{before, ""}, strings.Fields(after[strings.LastIndex(after, ")")+1:])...)
		number := func(i int) (n int) { n, _ = strconv.Atoi(fields[i]); return n }
		const tick = 10 * time.Millisecond
		switch s.cmd.Process.Pid {
		case number(pid):
			used += time.Duration(number(utime)+number(stime)+number(cutime)+number(cstime)) * tick
		case number(ppid):
			used += time.Duration(number(utime)+number(stime)) * tick
		}
	}
	return used
}

// Database creates an empty database and returns its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name, err := s.NewDatabase(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// NewDatabase is Database for a program.
func (s *Server) NewDatabase(ctx context.Context) (string, error) {
	_, url, err := s.create(ctx, "")
	return url, err
}

// create creates a database, a copy of another one unless that is empty.
func (s *Server) create(ctx context.Context, template string) (name, address string, err error) {
	conn, err := pgx.Connect(ctx, s.URL)
	if err != nil {
		return "", "", err
	}
	defer conn.Close(ctx)
	name = fmt.Sprintf("masspayout_%d_%d", os.Getpid(), s.created.Add(1))
	sql := "CREATE DATABASE " + name
	if s.hasty && conn.PgConn().ParameterStatus("server_version") >= "15" {
		sql += " STRATEGY file_copy" // takes half the time
	}
	if template != "" {
		sql += " TEMPLATE " + template
	}
	if _, err := conn.Exec(ctx, sql); err != nil {
		return "", "", err
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		return "", "", err
	}
	u.Path = "/" + name
	return name, u.String(), nil
}

// Prepared is Database with what prepare, which must be the same one each time, makes of an empty one. It is done once,
// and copied.
func (s *Server) Prepared(t testing.TB, prepare func(ctx context.Context, url string) error) string {
	t.Helper()
	ctx := context.Background()
	s.template.Do(func() {
		var url string
		if s.template.name, url, s.template.err = s.create(ctx, ""); s.template.err == nil {
			s.template.err = prepare(ctx, url)
		}
	})
	check(t, s.template.err)
	_, url, err := s.create(ctx, s.template.name)
	check(t, err)
	return url
}

// Lend is Prepared for tests that leave nothing behind but what the SQL of clean removes. When the test has ended, so do
// all sessions of the database, and another test gets it.
func (s *Server) Lend(t testing.TB, prepare func(ctx context.Context, url string) error, clean string) (url string) {
	t.Helper()
	s.mu.Lock()
	if n := len(s.idle); n > 0 {
		url, s.idle = s.idle[n-1], s.idle[:n-1]
	}
	s.mu.Unlock()
	if url == "" {
		url = s.Prepared(t, prepare)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return // the server was killed, or the database is in use no more
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid(); `+clean)
		if err != nil {
			t.Error(err)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.idle = append(s.idle, url)
	})
	return url
}
