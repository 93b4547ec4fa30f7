// Command rehearse runs the workflows of .github here, as far as that is possible; .ci/rehearse calls it. It is not part of
// make check, since it fetches and builds everything anew.
package main

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// What GitHub's setup-go makes of stable and oldstable.
const (
	stable     = "go1.27.3"
	oldstable  = "go1.26.8"
	repository = "iyzico-go/masspayout"
)

//go:embed gh.sh
var gh string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "rehearse:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	full := flag.Bool("full", false, "let make do what it only prints otherwise")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: rehearse [-full] [spec] [release] [security] [soak] [ci]")
		flag.PrintDefaults()
	}
	flag.Parse()
	chosen := flag.Args()
	if len(chosen) == 0 {
		chosen = []string{"spec", "release", "security", "soak", "ci"}
	}
	top, err := tree.Run(ctx, ".", nil, "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	for _, name := range chosen {
		r := &runner{dry: !*full, out: os.Stdout, user: os.Geteuid()}
		if r.user == 0 {
			r.user = 65534 // nobody
		}
		if r.world, err = os.MkdirTemp("", "rehearse-"); err != nil {
			return err
		}
		rehearse := map[string]func(context.Context, *runner) error{"spec": rehearseSpec, "release": rehearseRelease,
			"security": plain("security"), "soak": plain("soak"), "ci": plain("ci")}[name]
		if rehearse == nil {
			return fmt.Errorf("no workflow %q to rehearse", name)
		}
		err := r.found(ctx, strings.TrimSpace(top))
		if err == nil {
			err = rehearse(ctx, r)
		}
		if err != nil {
			return fmt.Errorf("%s, in %s: %w", name, r.world, err)
		}
		// Go's module cache is read-only.
		_ = exec.CommandContext(ctx, "chmod", "-R", "u+w", r.world).Run()
		if err := os.RemoveAll(r.world); err != nil {
			return err
		}
	}
	fmt.Printf("rehearsed: %s\n", strings.Join(chosen, ", "))
	return nil
}

// plain rehearses a workflow that changes nothing.
func plain(name string) func(context.Context, *runner) error {
	return func(ctx context.Context, r *runner) error {
		if err := r.commit(ctx); err != nil {
			return err
		}
		return r.workflow(ctx, r.file(name), nil)
	}
}

func (r *runner) file(name string) string {
	return filepath.Join(r.world, "seed/.github/workflows", name+".yml")
}

// goBin is the folder of the go command that runs this program.
func (r *runner) goBin() string {
	path, err := exec.LookPath("go")
	if root := os.Getenv("GOROOT"); root != "" {
		return filepath.Join(root, "bin")
	}
	if err == nil {
		if out, err := exec.Command(path, "env", "GOROOT").Output(); err == nil {
			return filepath.Join(strings.TrimSpace(string(out)), "bin")
		}
	}
	return "/usr/local/go/bin"
}

// mkdir makes a folder that belongs to the ordinary user.
func (r *runner) mkdir(name string) error {
	path := filepath.Join(r.world, name)
	return errors.Join(os.MkdirAll(path, 0o755), os.Chown(path, r.user, r.user))
}

// found makes the world: the committed tree as the main branch of a local repository, gh, and no issues.
func (r *runner) found(ctx context.Context, top string) error {
	err := os.Chmod(r.world, 0o755)
	for _, folder := range []string{"bin", "github", "work", "temp", "home", "artifacts", "cache/build", "cache/mod", "cache"} {
		err = errors.Join(err, r.mkdir(folder))
	}
	files := map[string]string{"bin/gh": gh, "github/issues": "", "github/numbers": "", "github/calls": ""}
	if r.dry {
		files["bin/make"] = "#!/bin/sh\nexec /usr/bin/make --dry-run \"$@\"\n"
	}
	for name, text := range files {
		path := filepath.Join(r.world, name)
		err = errors.Join(err, os.WriteFile(path, []byte(text), 0o755), os.Chown(path, r.user, r.user))
	}
	if err != nil {
		return err
	}
	_, err = tree.Run(ctx, top, nil, "git", "clone", "--quiet", "--no-hardlinks", top, filepath.Join(r.world, "seed"))
	return err
}

// commit makes what is in the seed the main branch of the repository.
func (r *runner) commit(ctx context.Context) error {
	origin := filepath.Join(r.world, "origin.git")
	for _, args := range [][]string{
		{"switch", "--quiet", "-C", "main"}, {"add", "--all"},
		{"-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@example.com", "commit", "--quiet", "--allow-empty", "-m", "rehearse"},
		{"init", "--quiet", "--bare", "--initial-branch=main", origin}, {"push", "--quiet", "--force", "--tags", origin, "main"},
	} {
		if _, err := tree.Run(ctx, filepath.Join(r.world, "seed"), nil, "git", append([]string{"-c", "safe.directory=*"}, args...)...); err != nil {
			return err
		}
	}
	return filepath.WalkDir(origin, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chown(path, r.user, r.user))
	})
}

// says fails if a file of the world lacks a text.
func (r *runner) says(name string, texts ...string) error {
	content, err := os.ReadFile(filepath.Join(r.world, name))
	for _, text := range texts {
		if err == nil && !strings.Contains(string(content), text) {
			err = fmt.Errorf("%s lacks %q:\n%s", name, text, content)
		}
	}
	return err
}

// branches lists those of the repository.
func (r *runner) branches(ctx context.Context) (string, error) {
	out, err := tree.Run(ctx, r.world, nil, "git", "-c", "safe.directory=*", "--git-dir", "origin.git", "for-each-ref", "--format=%(refname:short)")
	return strings.Join(strings.Fields(out), " "), err
}

// rehearseSpec lets pages change, fail, appear and go, and looks at what becomes of the pull request and the issues.
func rehearseSpec(ctx context.Context, r *runner) error {
	seed := filepath.Join(r.world, "seed")
	all, err := pages.Load(seed)
	if err != nil {
		return err
	}
	var mutex sync.Mutex
	served := map[string]string{}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		text, ok := served[request.URL.Path]
		if !ok {
			http.NotFound(w, request)
			return
		}
		fmt.Fprint(w, text)
	}))
	defer site.Close()
	index, initTR := "# iyzico\n\n", ""
	all = slices.DeleteFunc(all, func(p pages.Page) bool { return len(p.Text) == 0 })
	for i := range all {
		address, err := url.Parse(all[i].Address)
		if err != nil {
			return err
		}
		all[i].Address = site.URL + address.Path
		index += fmt.Sprintf("- [%s](%s)\n", all[i].File, all[i].Address)
		served[address.Path] = "# Page\n\n```json\n" + string(all[i].Text) + "```\n"
		if all[i].File == "init.tr.json" {
			initTR = address.Path
		}
	}
	served["/llms.txt"] = index
	record, err := pages.Encode(all)
	if err == nil {
		err = os.WriteFile(filepath.Join(seed, pages.RecordFile), record, 0o644)
	}
	if err = cmp.Or(err, r.commit(ctx)); err != nil {
		return err
	}
	look := func(from string, fails bool, branches string) error {
		err := r.workflow(ctx, r.file("spec"), map[string]string{"from": from, "page": ""})
		if (err != nil) != fails {
			return fmt.Errorf("got error %w, want one: %v", err, fails)
		}
		got, err := r.branches(ctx)
		if err == nil && got != branches {
			err = fmt.Errorf("the repository has the branches %s, want %s", got, branches)
		}
		return err
	}
	was, auth := served[initTR], ""
	for path := range served {
		if strings.HasSuffix(path, "mass-payout-auth.md") {
			auth = path
		}
	}
	if err := look("", false, "main"); err != nil {
		return fmt.Errorf("nothing has changed: %w", err)
	}
	served[initTR] = strings.Replace(was, `"nonWithdrawable": {`, `"paidFrom": {"type": "string"}, "nonWithdrawable": {`, 1)
	served["/llms.txt"] += "- [Refunds](" + site.URL + "/en/products/mass-payout/refunds.md)\n"
	authText := served[auth]
	delete(served, auth)
	if err := look("", true, "main spec/pages"); err != nil {
		return fmt.Errorf("a page has changed, one is new, and one cannot be read: %w", err)
	}
	if err := r.says("github/issues", "iyzico has a new page: refunds", "iyzico's page cannot be read: auth.en.json"); err != nil {
		return err
	}
	if err := r.says("github/body-1", "MassPayoutItem.paidFrom: is new", "## What is left to do"); err != nil {
		return err
	}
	served[auth] = authText
	if err := look(site.URL+auth, false, "main spec/pages"); err != nil {
		return fmt.Errorf("one page by hand: %w", err)
	}
	if err := r.says("github/issues", "iyzico has a new page: refunds"); err != nil {
		return err
	}
	served[initTR], served["/llms.txt"] = was, index
	if err := look("", false, "main"); err != nil {
		return fmt.Errorf("all is as it was: %w", err)
	}
	if issues, err := os.ReadFile(filepath.Join(r.world, "github/issues")); err != nil || len(issues) > 0 {
		return fmt.Errorf("issues are left: %s (%w)", issues, err)
	}
	return nil
}

// rehearseRelease releases the first version, and installs the commands of it.
func rehearseRelease(ctx context.Context, r *runner) error {
	changelog := filepath.Join(r.world, "seed/CHANGELOG.md")
	text, err := os.ReadFile(changelog)
	if err != nil {
		return err
	}
	err = os.WriteFile(changelog, []byte(strings.Replace(string(text), "## [Unreleased]\n", "## [Unreleased]\n\n## [0.1.0] - 2026-12-01\n", 1)), 0o644)
	if err = cmp.Or(err, r.commit(ctx)); err != nil {
		return err
	}
	if err := r.workflow(ctx, r.file("release"), map[string]string{"version": "v0.1.0"}); err != nil {
		return err
	}
	tags, err := r.branches(ctx)
	fmt.Fprintln(r.out, "released:", tags)
	if err == nil {
		err = r.says("github/release-v0.1.0", "### Added")
	}
	installed, globErr := filepath.Glob(filepath.Join(r.world, "temp/bin/*"))
	if err == nil && (globErr != nil || len(installed) == 0) {
		err = errors.New("go install has installed nothing")
	}
	return err
}
