package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var pinned = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

// A tag can be moved to other code, a commit cannot.
func TestWorkflowsPinTheirActions(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflows: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var workflow struct {
			Permissions map[string]string
			Jobs        map[string]any
		}
		if err := yaml.Unmarshal(text, &workflow); err != nil || len(workflow.Jobs) == 0 {
			t.Errorf("%s: expected jobs: %v", file, err)
		}
		if len(workflow.Permissions) == 0 {
			t.Errorf("%s: expected permissions of its own, or the token may do anything", file)
		}
		for line := range strings.Lines(string(text)) {
			if _, uses, ok := strings.Cut(line, "uses: "); ok && !pinned.MatchString(strings.TrimSpace(uses)) {
				t.Errorf("%s: %s: expected a full commit and its version, as a/b@<40 digits> # v1.2.3", file, strings.TrimSpace(uses))
			}
			// An input inside a script would be run by the shell.
			if strings.Contains(line, "run:") && strings.Contains(line, "${{") {
				t.Errorf("%s: %s: expected a variable of env", file, strings.TrimSpace(line))
			}
		}
	}
}
