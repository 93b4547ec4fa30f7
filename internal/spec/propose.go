package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// proposeCommand is the scheduled workflow: a refresh whose report becomes the text of a pull request. A page that could
// not be read becomes an issue, and the command fails. It needs git, the gh command with a token, and a clean tree.
func proposeCommand(ctx context.Context, args []string, out, errOut io.Writer) error {
	var from refreshFlags
	var base string
	root, err := parse("propose", args, errOut, func(flags *flag.FlagSet) {
		from.define(flags)
		flags.StringVar(&base, "base", "main", "the branch that the pull request is for")
	})
	if err != nil {
		return err
	}
	status, err := tree.Run(ctx, root, "git", "status", "--porcelain")
	if err != nil {
		return err
	}
	if len(status) > 0 {
		return fmt.Errorf("propose: expected a tree without changes, since all of them would be committed, got\n%s", status)
	}
	result, err := refresh(ctx, root, from)
	p := proposal{ctx: ctx, root: root, base: base, out: out}
	switch {
	case errors.Is(err, errUnreadable):
		return errors.Join(err, p.issue(err))
	case err != nil:
		return err
	case !result.changed:
		fmt.Fprintf(out, "iyzico's document is the one in %s, version %s; nothing to propose\n", documentFile,
			result.document.Version)
		return nil
	}
	return p.pullRequest(result)
}

// proposal talks to git and GitHub.
type proposal struct {
	ctx        context.Context
	root, base string
	out        io.Writer
}

// pullRequest opens one for the refreshed tree. One document is proposed once: a pull request that was closed says no.
func (p proposal) pullRequest(result refreshed) error {
	branch := "spec/" + result.document.Version + "-" + result.document.SHA256[:12]
	title := "iyzico's document, version " + result.document.Version
	known, err := p.run("gh", "pr", "list", "--head", branch, "--state", "all", "--limit", "1", "--json", "url")
	if err != nil {
		return err
	}
	if url, err := firstURL(known); err != nil || url != "" {
		fmt.Fprintf(p.out, "already proposed: %s\n", url)
		return err
	}
	for _, args := range [][]string{
		{"switch", "--quiet", "--force-create", branch},
		{"add", "--all"},
		{"commit", "--quiet", "--message", title},
		// A branch without a pull request is left from a run that failed half-way.
		{"push", "--quiet", "--force", "origin", branch},
	} {
		if _, err := p.run("git", args...); err != nil {
			return err
		}
	}
	create := []string{"pr", "create", "--base", p.base, "--head", branch, "--title", title}
	if result.report.Repair() {
		create = append(create, "--draft")
	}
	note := "\nGitHub starts no checks on a pull request that a workflow opened: close and reopen it, or push to its branch.\n"
	return p.create(create, result.report.Markdown()+note)
}

// issueTitle is also how an open issue is found again.
const issueTitle = "iyzico's documentation page could not be read"

// issue opens an issue, unless one is open.
func (p proposal) issue(unreadable error) error {
	known, err := p.run("gh", "issue", "list", "--state", "open", "--limit", "200", "--json", "title,url")
	if err != nil {
		return err
	}
	var open []struct{ Title, URL string }
	if err := json.Unmarshal(known, &open); err != nil {
		return fmt.Errorf("expected a JSON list from gh issue list: %w", err)
	}
	for _, issue := range open {
		if issue.Title == issueTitle {
			fmt.Fprintf(p.out, "already reported: %s\n", issue.URL)
			return nil
		}
	}
	return p.create([]string{"issue", "create", "--title", issueTitle}, "The scheduled look at iyzico's document failed, so "+
		"a change of it would go unnoticed.\n\n````\n"+strings.ReplaceAll(unreadable.Error(), "````", "")+"\n````\n\n"+
		"If the page has moved: `make spec FROM=<its new address>` records the new one. Close this issue once it works.\n")
}

// create runs gh with a text in a file, since a text may be longer than an argument.
func (p proposal) create(args []string, text string) error {
	file, err := os.CreateTemp("", "text-*.md")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	created, err := p.run("gh", append(args, "--body-file", file.Name())...)
	fmt.Fprintf(p.out, "%s", created)
	return err
}

func (p proposal) run(name string, args ...string) ([]byte, error) {
	return tree.Run(p.ctx, p.root, name, args...)
}

// firstURL reads gh's list of pull requests.
func firstURL(list []byte) (string, error) {
	var found []struct{ URL string }
	if err := json.Unmarshal(list, &found); err != nil {
		return "", fmt.Errorf("expected a JSON list from gh pr list: %w", err)
	}
	if len(found) == 0 {
		return "", nil
	}
	return found[0].URL, nil
}
