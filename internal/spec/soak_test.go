package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/internal/pages"
)

// workspace is a copy of this module in a repository of its own, with everything committed. What runs real commands in
// one belongs to `make soak`.
type workspace struct {
	t    *testing.T
	root string
}

func newWorkspace(t *testing.T) workspace {
	t.Helper()
	if os.Getenv("MASSPAYOUT_SOAK") == "" {
		t.Skip("runs real commands in a copy of the module; make soak does so")
	}
	m := workspace{t, t.TempDir()}
	absolute, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	r, err := open(t.Context(), absolute)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	tree, err := r.snapshot(t.Context(), absolute)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := r.export(t.Context(), tree)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(m.root, os.DirFS(copied)); err != nil {
		t.Fatal(err)
	}
	m.git("init", "-q", "-b", "main")
	m.git("config", "user.name", "Test")
	m.git("config", "user.email", "test@example.com")
	m.commit("as it is")
	return m
}

func (m workspace) git(args ...string) string {
	m.t.Helper()
	out, err := run(m.t.Context(), m.root, nil, "git", args...)
	if err != nil {
		m.t.Fatal(err)
	}
	return out
}

func (m workspace) commit(message string) {
	m.t.Helper()
	m.git("add", "-A")
	m.git("commit", "-q", "--no-verify", "-m", message)
}

func (m workspace) path(name string) string { return filepath.Join(m.root, filepath.FromSlash(name)) }

func (m workspace) write(name, content string) {
	m.t.Helper()
	if err := os.WriteFile(m.path(name), []byte(content), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// replace edits a file; what it replaces must be there.
func (m workspace) replace(name, old, replacement string) {
	m.t.Helper()
	content := read(m.t, m.path(name))
	if !strings.Contains(content, old) {
		m.t.Fatalf("%s has no %q", name, old)
	}
	m.write(name, strings.Replace(content, old, replacement, 1))
}

func (m workspace) remove(name string) {
	m.t.Helper()
	if err := os.Remove(m.path(name)); err != nil {
		m.t.Fatal(err)
	}
}

// spec runs the command on the copy, and returns its exit code and what it prints.
func (m workspace) spec(args ...string) (int, string) {
	m.t.Helper()
	var out bytes.Buffer
	code := command(m.t.Context(), append([]string{args[0], "-C", m.root}, args[1:]...), &out, &out)
	return code, out.String()
}

// want runs the command, and compares its exit code and what it says.
func (m workspace) want(code int, says []string, args ...string) string {
	m.t.Helper()
	got, out := m.spec(args...)
	if got != code {
		m.t.Errorf("%s: exit code %d, want %d:\n%s", args[0], got, code, out)
	}
	contains(m.t, args[0], out, says...)
	return out
}

// edited writes a page with edits beside the copy, and returns its path.
func (m workspace) edited(file string, edits ...[2]string) string {
	m.t.Helper()
	text := edit(m.t, nil, []byte(read(m.t, m.path(pages.Folder+"/"+file))), edits)
	path := filepath.Join(m.t.TempDir(), "page.md")
	if err := os.WriteFile(path, []byte(page(string(text))), 0o600); err != nil {
		m.t.Fatal(err)
	}
	return path
}

func TestRefresh(t *testing.T) {
	m := newWorkspace(t)

	// What is recorded changes nothing, in whatever form it comes.
	unchanged := []string{"nothing was changed"}
	m.want(0, unchanged, "refresh", "-from", m.path(pages.Folder+"/init.tr.json"))
	m.want(0, unchanged, "refresh", "-from", m.edited("auth.en.json"))
	m.want(0, unchanged, "refresh", "-from", m.edited("init.tr.json")) // its keys in alphabetical order

	// Nor does a page of which a part is right.
	conflict := filepath.Join(t.TempDir(), "conflict.md")
	text := read(t, m.path(pages.Folder+"/balance.en.json"))
	text = page(strings.Replace(text, `"1.0.0"`, `"1.0.1"`, 1), strings.Replace(text, `"1.0.0"`, `"1.0.2"`, 1))
	if err := os.WriteFile(conflict, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m.want(2, []string{"conflict.md", "got several that differ", "nothing was changed"}, "refresh", "-from", conflict)
	if status := m.git("status", "--porcelain"); status != "" {
		t.Errorf("the tree was changed:\n%s", status)
	}

	t.Run("a new required field", func(t *testing.T) {
		m := workspace{t, m.root}
		m.want(1, []string{
			"The change as a whole: **breaking**", "**fails**: `gen TestContract/MassPayoutItem.nationality`",
			"`gen TestEncodingOfEveryField`",
			"addition: `./gen.MassPayoutItem.Nationality: added`", "It cannot be told: this clone has no tag",
			"Make the tests pass",
		}, "refresh", "-from", m.edited("init.tr.json", [2]string{item + "/properties/nationality",
			`{"type":"string"}`},
			[2]string{item + "/required/+", `"nationality"`}))
		contains(t, "the record", read(t, m.path(pages.RecordFile)), "a saved copy, page.md")
		m.git("tag", "v0.1.0", "HEAD")
		m.want(1, []string{"At least v0.1.1, after v0.1.0"}, "report")
		m.replace(joinedFile, "nationality", "nation")
		m.want(1, []string{"api/openapi.json is not what the pages make", "It follows once"}, "report")
		m.git("reset", "-q", "--hard")
	})

	t.Run("the next version counts from the last tag", func(t *testing.T) {
		m := workspace{t, m.root}
		m.write("signer/added.go", "package signer\n\n// Added is new.\nconst Added = 1\n")
		m.git("add", "-A")
		m.git("commit", "-q", "-m", "adds")
		m.git("tag", "v0.2.0")
		m.remove("signer/added.go")
		m.commit("breaks")
		m.want(0, []string{"Nothing changes in the Go API.", "At least v0.3.0, after v0.2.0",
			"the version, from 1.0.1 to 1.0.2"},
			"refresh", "-from", m.edited("init.tr.json", [2]string{"/info/version", `"1.0.2"`}))
		m.git("reset", "-q", "--hard")
	})

	t.Run("a removed field, with which gen does not build", func(t *testing.T) {
		m := workspace{t, m.root}
		m.want(1, []string{"it corrects a property that is not in the document, nonWithdrawable",
			"What changes cannot be told", "It follows once"},
			"refresh", "-from", m.edited("init.tr.json", [2]string{item + "/properties/nonWithdrawable", ""}))
		m.git("reset", "-q", "--hard")
	})

	t.Run("the addresses on record, some of which fail", func(t *testing.T) {
		m := workspace{t, m.root}
		url, _ := site(t, 0, 0, page(read(t, m.path(pages.Folder+"/auth.en.json"))))
		var record []map[string]any
		if err := json.Unmarshal([]byte(read(t, m.path(pages.RecordFile))), &record); err != nil {
			t.Fatal(err)
		}
		for i := range record {
			record[i]["address"] = map[bool]string{true: url + "/old.md", false: ""}[i == 0 || i == 2]
		}
		text, _ := json.MarshalIndent(record, "", "  ")
		m.write(pages.RecordFile, string(text)+"\n")
		m.commit("addresses")
		unreadable := filepath.Join(t.TempDir(), "unread")
		m.want(2,
			[]string{"**init.tr.json**: expected the page of POST /v1/mass/payout/init, got that of another operation",
				"The page of auth.en.json has moved to <" + strings.Replace(url, "@", "", 1) + "/new.md>"}, "refresh",
			"-unread", unreadable)
		contains(t, "the issue", read(t, filepath.Join(unreadable, "init.tr.json")), "another operation")
		m.git("reset", "-q", "--hard")
	})

	t.Run("no git working tree", func(t *testing.T) {
		m := workspace{t, m.root}
		if err := os.RemoveAll(m.path(".git")); err != nil {
			t.Fatal(err)
		}
		before := read(t, m.path(pages.Folder+"/init.tr.json"))
		m.want(2, []string{"expected a git working tree"}, "refresh", "-from",
			m.edited("init.tr.json", [2]string{"/info/version", `"9"`}))
		m.want(2, []string{"cannot be told", "expected a git working tree"}, "drift")
		if read(t, m.path(pages.Folder+"/init.tr.json")) != before {
			t.Error("the page was changed all the same")
		}
	})
}

// Each case changes one thing in a clean copy of the module.
func TestDrift(t *testing.T) {
	m := newWorkspace(t)
	const generatedFile = "gen/client.gen.go"
	for _, test := range []struct {
		name   string
		change func(workspace)
		code   int
		says   []string
	}{
		{"nothing", func(workspace) {}, 0, []string{"drift: none"}},
		{"a change that generates nothing else, uncommitted", func(m workspace) {
			m.write("notes.txt", "not committed yet\n")
			m.remove("LICENSE")
		}, 0, []string{"drift: none"}},
		{"a page", func(m workspace) {
			m.replace("api/pages/init.tr.json", `"nonWithdrawable": {`,
				`"paidFrom": {"type": "string"}, "nonWithdrawable": {`)
		}, 1, []string{"+++ generated/gen/client.gen.go", "+\tPaidFrom ",
			"drift: api/openapi.json is not what is generated", "make generate"}},
		{"the joined document", func(m workspace) { m.replace(joinedFile, `"decimal"`, `"number"`) }, 1,
			[]string{"drift: api/openapi.json is not what is generated"}},
		{"the overlay", func(m workspace) {
			m.replace(overlayFile, "operationId: initMassPayout", "operationId: startMassPayout")
		}, 1,
			[]string{"+func (c *Client) StartMassPayout("}},
		{"the config", func(m workspace) {
			m.replace("api/oapi-codegen.yaml", "always-prefix-enum-values: true", "always-prefix-enum-values: false")
		}, 1, []string{"-\tPurposeSalary"}},
		{"a template", func(m workspace) {
			m.replace("api/templates/imports.tmpl", "package {{.PackageName}}", "// changed\npackage {{.PackageName}}")
		}, 1, []string{"+// changed"}},
		{"another generator", func(m workspace) { m.replace(generatedFile, "version v2.", "version v1.") }, 1,
			[]string{"+// Code generated by"}},
		{"a hand-edited generated file", func(m workspace) {
			m.write(generatedFile,
				read(m.t, m.path(generatedFile))+"\n// edited\n")
		}, 1,
			[]string{"-// edited", "belongs in api/"}},
		{"a deleted generated file", func(m workspace) { m.remove(generatedFile) }, 1,
			[]string{"drift: gen/client.gen.go is generated, but missing"}},
		{"a generated file that is a symlink", func(m workspace) {
			if err := errors.Join(os.Rename(m.path(generatedFile), m.path("gen/real.txt")),
				os.Symlink("real.txt", m.path(generatedFile))); err != nil {
				m.t.Fatal(err)
			}
		}, 1, []string{"drift: gen/client.gen.go is not the plain file that is generated"}},
		{"a page that is edited with its outputs", func(m workspace) {
			m.replace(pages.RecordFile, `"sha256": "`, `"sha256": "0`)
		}, 1, []string{"drift: api/pages/init.tr.json is not the page that api/pages/pages.json records"}},
		{"an input that is a symlink", func(m workspace) {
			if err := errors.Join(os.Rename(m.path(overlayFile), m.path("overlay.yaml")),
				os.Symlink("../overlay.yaml", m.path(overlayFile))); err != nil {
				m.t.Fatal(err)
			}
		}, 1, []string{"drift: api/overlay.yaml is a symlink"}},
		{"a stale generated file elsewhere", func(m workspace) { m.write("signer/old.gen.go", "package signer\n") }, 1,
			[]string{"drift: signer/old.gen.go is not generated any more, delete it"}},
		{"a stale generated file of another name", func(m workspace) {
			m.write("gen/old.go", "// Code generated by oapi-codegen DO NOT EDIT.\n\npackage gen\n")
		}, 1, []string{"drift: gen/old.go is not generated any more, delete it"}},
		{"a stale generated file that git ignores", func(m workspace) {
			m.write(".gitignore", "old.gen.go\n")
			m.write("gen/old.gen.go", "package gen\n")
		}, 1, []string{"drift: gen/old.gen.go is not generated any more, delete it"}},
		{"an output of another name", func(m workspace) {
			m.replace("api/oapi-codegen.yaml", "output: gen/client.gen.go", "output: gen/generated.go")
		}, 1, []string{"gen/generated.go is generated, but missing", "gen/client.gen.go is not generated any more"}},
		{"a generated file that a commit would leave out", func(m workspace) {
			m.git("rm", "-q", "--cached",
				generatedFile)
		}, 1,
			[]string{"drift: gen/client.gen.go is not tracked: git add gen/client.gen.go"}},
		{"a target that is gone", func(m workspace) {
			m.replace(overlayFile, "target: $.components.schemas.Amount.properties.currency",
				"target: $.components.schemas.Sum")
		}, 1, []string{"`$.components.schemas.Sum`: it no longer applies",
			"It says: English text. The generator would name the type AmountCurrency."}},
		{"an action that changes nothing", func(m workspace) {
			m.replace(overlayFile, "  - target: $.components.schemas.Amount\n",
				"  - target: $.components.schemas.Amount\n    description: Amounts need both.\n    update: {type: object}\n\n  "+
					"- target: $.components.schemas.Amount\n")
		}, 1, []string{"it changes nothing, the document already says so", "It says: Amounts need both."}},
		{"a target that is no path", func(m workspace) {
			m.replace(overlayFile, "target: $.components.schemas.Amount\n", "target: $.[\n")
		}, 1, []string{"`$.[`: it cannot be applied"}},
		{"names of an enum's values in another order", func(m workspace) {
			m.replace(overlayFile, "[Salary, Bonus, Settlement,", "[Bonus, Salary, Settlement,")
		}, 1, []string{"the name Bonus stands at the place of SALARY"}},
		{"a document that the generator refuses", func(m workspace) {
			m.replace("api/pages/init.tr.json", `"$ref": "#/components/schemas/InvalidItem"`,
				`"$ref": "#/components/schemas/Nowhere"`)
		}, 2, []string{"the generator failed", "Nowhere"}},
		{"pages that do not fit together", func(m workspace) {
			m.replace("api/pages/cancel.en.json", `"failure"`, `"failed"`)
		}, 2, []string{"MassPayoutAuthResponse is not the same in auth.en.json and cancel.en.json"}},
		{"no page", func(m workspace) { m.remove("api/pages/auth.en.json") }, 2, []string{"api/pages/auth.en.json"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := workspace{t, m.root}
			m.git("reset", "-q", "--hard")
			m.git("clean", "-fdxq")
			test.change(m)
			before := m.git("status", "--porcelain", "--ignored") + m.git("diff")
			m.want(test.code, test.says, "drift")
			if after := m.git("status", "--porcelain", "--ignored") + m.git("diff"); after != before {
				t.Errorf("the tree was changed: was\n%s\nis\n%s", before, after)
			}
		})
	}

	m.git("reset", "-q", "--hard")
	clone := workspace{t, t.TempDir()}
	clone.git("clone", "-q", m.root, ".")
	clone.want(0, []string{"drift: none"}, "drift")
}

func TestRelease(t *testing.T) {
	m := newWorkspace(t)
	const head = "# Changelog\n\n## [Unreleased]\n\n"
	m.write(changelogFile,
		head+"## [0.2.0] - 2026-12-02\n\n- Breaks.\n\n## [0.1.1] - 2026-12-01\n\n- Adds.\n\n## [0.1.0] - 2026-11-22\n\n- "+
			"First.\n\n[0.1.0]: https://example.com\n")
	m.commit("changelog")
	notes := filepath.Join(t.TempDir(), "notes.md")
	try := func(version string, code int, says ...string) {
		t.Helper()
		m.want(code, says, "release", "-version", version, "-out", notes)
	}
	required := "v0.1.0"
	requires := func(version string) {
		t.Helper()
		for _, folder := range []string{"otel", "river"} {
			if _, err := os.Stat(m.path(folder)); err == nil {
				m.replace(folder+"/go.mod", modulePath+" "+required, modulePath+" "+version)
			}
		}
		m.commit("companions require " + version)
		required = version
	}
	requires("v0.2.0")
	try("v0.1.0", 2, "otel/go.mod requires this module as v0.2.0; expected v0.1.0")
	try("v0.2.0", 2, "expected v0.1.0 for the first release")
	requires("v0.1.0")
	try("v0.1.0", 0, "- First.\n")
	if text := read(t, notes); text != "- First.\n" {
		t.Errorf("the notes are %q", text)
	}
	m.git("tag", "v0.1.0")
	try("v0.1.0", 0, "- First.\n") // started again after its tag was pushed
	m.git("commit", "-q", "--allow-empty", "-m", "empty")
	try("v0.1.0", 2, "v0.1.0 is already the tag of another commit")
	requires("v0.1.1")
	try("v0.1.1", 0, "- Adds.\n")

	m.write("signer/added.go", "package signer\n\n// Added is new.\nfunc Added() {}\n")
	try("v0.1.1", 2, "expected a tree without changes")
	m.commit("adds")
	try("v0.1.1", 0)
	m.git("tag", "v0.1.1")
	m.remove("signer/added.go")
	m.replace(changelogFile, "## [0.2.0]", "## [0.1.2] - 2026-12-02\n\n- Small.\n\n## [0.2.0]")
	requires("v0.1.2")
	try("v0.1.2", 2, "expected at least v0.2.0 after v0.1.1, got v0.1.2. Before v1.0.0")
	requires("v0.2.0")
	try("v0.2.0", 0, "- Breaks.\n")
}

// A shell with the tools of a person's machine is all that the issue's script needs.
func TestUnreadPagesBecomeIssues(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	// gh as far as the script uses it: it lists what the file open has, one issue a line, and logs every other call.
	const gh = `#!/usr/bin/env bash
cd "$(dirname "$0")"
case "$1 $2 $*" in
"issue list "*.number*) cat open ;;
"issue list "*) cut -d ' ' -f 2- open ;;
*) echo "$@" >> calls; if [ "${*: -1}" = - ]; then cat >> calls; fi ;;
esac
`
	for name, text := range map[string]string{
		"gh": gh, "open": "4 iyzico's page cannot be read: auth.en.json\n5 iyzico's page cannot be read: " +
			"balance.en.json\n6 something else\n",
		"unread/auth.en.json": "HTML", "unread/init.tr.json": "HTTP 503",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"PATH=" + dir + string(filepath.ListSeparator) + os.Getenv("PATH")}
	if _, err := run(t.Context(), root, env, ".github/unread", filepath.Join(dir, "unread")); err == nil {
		t.Error("expected a failure, since pages cannot be read")
	}
	calls := read(t, filepath.Join(dir, "calls"))
	contains(t, "gh's calls", calls, "issue close 5 ",
		"issue create --title iyzico's page cannot be read: init.tr.json --body-file -", "HTTP 503", "make spec FROM=")
	if strings.Contains(calls, "auth.en.json") || strings.Contains(calls, "close 4") ||
		strings.Contains(calls, "close 6") {
		t.Errorf("got the calls\n%s, want none about the issues that stay", calls)
	}
}
