package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"gopkg.in/yaml.v3"
)

// workflow is what is read of a workflow's file.
type workflow struct {
	Jobs yaml.Node // in their order
}

type job struct {
	If       string
	Env      map[string]string
	Outputs  map[string]string
	Strategy struct{ Matrix map[string][]string }
	Steps    []step
}

type step struct {
	ID, If, Uses, Run string
	Env, With         map[string]string
	ContinueOnError   bool `yaml:"continue-on-error"`
}

// runner runs the jobs of workflows in one world.
type runner struct {
	world string            // a folder of our own
	user  int               // whose processes run
	dry   bool              // make only prints
	at    map[string]string // expressions, and what they are
	out   io.Writer
}

// workflow runs the jobs of a workflow, one after the other.
func (r *runner) workflow(ctx context.Context, file string, inputs map[string]string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var w workflow
	if err := yaml.Unmarshal(text, &w); err != nil {
		return err
	}
	r.at = map[string]string{"github.token": "token", "runner.temp": filepath.Join(r.world, "temp"), "github.repository": repository,
		"github.run_id": "17", "github.ref == 'refs/heads/main'": "true"}
	for name, value := range inputs {
		r.at["inputs."+name] = value
	}
	branch := "spec/pages"
	if inputs["from"] != "" {
		branch = "spec/run-17"
	}
	r.at["inputs.from && format('spec/run-{0}', github.run_id) || 'spec/pages'"] = branch
	for i := 0; i+1 < len(w.Jobs.Content); i += 2 {
		var j job
		if err := w.Jobs.Content[i+1].Decode(&j); err != nil {
			return err
		}
		name := w.Jobs.Content[i].Value
		var variants []string
		for key, values := range j.Strategy.Matrix {
			for _, value := range values {
				variants = append(variants, key+"="+value)
			}
		}
		if len(variants) == 0 {
			variants = []string{""}
		}
		for _, variant := range variants {
			if key, value, ok := strings.Cut(variant, "="); ok {
				r.at["matrix."+key] = value
			}
			fmt.Fprintf(r.out, "== %s, job %s %s\n", filepath.Base(file), name, variant)
			if err := r.job(ctx, name, j); err != nil {
				return fmt.Errorf("%s, job %s %s: %w", filepath.Base(file), name, variant, err)
			}
		}
	}
	return nil
}

var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

// value replaces the expressions in a text; one that is not known is a mistake of this program.
func (r *runner) value(text string) (string, error) {
	var err error
	text = expression.ReplaceAllStringFunc(text, func(match string) string {
		value, ok := r.at[expression.FindStringSubmatch(match)[1]]
		if !ok {
			err = fmt.Errorf("the expression %s is not known here", match)
		}
		return value
	})
	return text, err
}

// holds reports whether a step runs: unless it says otherwise, when nothing has failed.
func (r *runner) holds(condition string, failed error) bool {
	if condition == "" {
		return failed == nil
	}
	if step, outcome, ok := strings.Cut(condition, ".outcome == "); ok {
		return failed == nil && r.at[step+".outcome"] == strings.Trim(outcome, "'")
	}
	return failed == nil && r.at[condition] == "true"
}

func (r *runner) job(ctx context.Context, name string, j job) (failed error) {
	for _, folder := range []string{"work", "temp", "home"} { // of the last job nothing is left
		if err := os.RemoveAll(filepath.Join(r.world, folder)); err != nil {
			return err
		}
		if err := r.mkdir(folder); err != nil {
			return err
		}
	}
	env := map[string]string{}
	maps.Copy(env, j.Env)
	for _, s := range j.Steps {
		if !r.holds(s.If, failed) {
			continue
		}
		err := r.step(ctx, env, s)
		outcome := "success"
		if err != nil {
			outcome = "failure"
			fmt.Fprintf(r.out, "   failed: %v\n", err)
		}
		r.at["steps."+s.ID+".outcome"] = outcome
		if err != nil && !s.ContinueOnError {
			failed = err
		}
	}
	for key, text := range j.Outputs {
		value, err := r.value(text)
		if err != nil {
			return err
		}
		r.at["needs."+name+".outputs."+key] = value
	}
	return failed
}

// step runs one step: of an action, what it is for.
func (r *runner) step(ctx context.Context, env map[string]string, s step) error {
	with := map[string]string{}
	for key, text := range s.With {
		value, err := r.value(text)
		if err != nil {
			return err
		}
		with[key] = value
	}
	action, _, _ := strings.Cut(s.Uses, "@")
	artifact := filepath.Join(r.world, "artifacts", with["name"])
	switch action {
	case "":
		return r.script(ctx, env, s)
	case "actions/checkout":
		return r.command(ctx, env, "git", "clone", "--quiet", filepath.Join(r.world, "origin.git"), ".")
	case "actions/setup-go":
		env["GOTOOLCHAIN"] = map[string]string{"stable": stable, "oldstable": oldstable}[with["go-version"]]
		return nil
	case "actions/upload-artifact":
		if err := os.RemoveAll(artifact); err != nil { // the last run's
			return err
		}
		return r.command(ctx, env, "cp", "-R", with["path"], artifact)
	case "actions/download-artifact":
		return r.command(ctx, env, "cp", "-R", artifact, with["path"])
	}
	return fmt.Errorf("the action %s is not known here", action)
}

// script runs a step's commands as GitHub does, and takes its outputs.
func (r *runner) script(ctx context.Context, env map[string]string, s step) error {
	all := maps.Clone(env)
	for _, more := range []map[string]string{env, s.Env} {
		for key, text := range more {
			value, err := r.value(text)
			if err != nil {
				return err
			}
			all[key] = value
		}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(s.Run), "\n")
	fmt.Fprintf(r.out, "-- %s\n", first)
	outputs := filepath.Join(r.world, "temp", "outputs")
	all["GITHUB_OUTPUT"] = outputs
	err := r.command(ctx, all, "bash", "-e", "-o", "pipefail", "-c", s.Run)
	file, openErr := os.Open(outputs)
	if openErr != nil {
		return err // it has none
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), "=")
		r.at["steps."+s.ID+".outputs."+key] = value
	}
	return err
}

// command runs a command as the ordinary user, in the clone, and with nothing of our environment but Go.
func (r *runner) command(ctx context.Context, env map[string]string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, "env", append([]string{"--", name}, args...)...)
	cmd.Dir = filepath.Join(r.world, "work")
	cmd.Stdout, cmd.Stderr = r.out, r.out
	in := func(name string) string { return filepath.Join(r.world, name) }
	sha, err := exec.CommandContext(ctx, "git", "-c", "safe.directory=*", "--git-dir", in("origin.git"), "rev-parse", "main").Output()
	if err != nil {
		return err
	}
	cmd.Env = []string{
		"PATH=" + in("bin") + ":" + r.goBin() + ":/usr/local/bin:/usr/bin:/bin", "HOME=" + in("home"), "LANG=C.UTF-8",
		"GITHUB_ACTIONS=true", "CI=true", "GITHUB_REPOSITORY=" + repository, "GITHUB_SERVER_URL=https://github.com",
		"GITHUB_SHA=" + strings.TrimSpace(string(sha)), "GITHUB_STEP_SUMMARY=" + in("temp/summary"), "RUNNER_TEMP=" + in("temp"),
		"GOCACHE=" + in("cache/build"), "GOMODCACHE=" + in("cache/mod"), // as setup-go keeps them
		// The repository's address leads to the local one, so that go install finds what was released.
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url." + in("origin.git") + ".insteadOf",
		"GIT_CONFIG_VALUE_0=https://github.com/" + repository, "GOPRIVATE=github.com/" + repository,
	}
	for _, key := range []string{"GOPROXY", "GOSUMDB", "HTTPS_PROXY", "SSL_CERT_FILE", "NPM_CONFIG_CAFILE", "NODE_EXTRA_CA_CERTS"} { // how to reach the network
		if value := os.Getenv(key); value != "" {
			cmd.Env = append(cmd.Env, key+"="+value)
		}
	}
	for key, value := range env {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	if r.user != os.Geteuid() {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(r.user), Gid: uint32(r.user)}}
	}
	return cmd.Run()
}
