// Package api_test checks the inputs of the generation, and what a user's program gets of this module.
package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/internal/spec/record"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// openapi.json is iyzico's document, indented so that a change of it can be read. Nobody edits it: corrections go into
// overlay.yaml. When iyzico publishes a new document, `make spec` records its hash.
func TestSpecIsAsPublished(t *testing.T) {
	published, err := record.Parse(read(t, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	spec := read(t, "openapi.json")

	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(spec)); err != nil {
		t.Fatal(err)
	}
	compact.WriteByte('\n')
	hash := sha256.Sum256(compact.Bytes())
	if got := hex.EncodeToString(hash[:]); got != published.SHA256 {
		t.Errorf("openapi.json, compacted, has the SHA-256 %s, want %s as README.md records it", got, published.SHA256)
	}

	var indented bytes.Buffer
	if err := json.Indent(&indented, compact.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	if indented.String() != spec {
		t.Error("openapi.json is not indented by two spaces throughout: a diff of it would show more than its changes")
	}
}

// Every correction says which fact it corrects.
func TestEveryOverlayActionIsExplained(t *testing.T) {
	_, text, found := strings.Cut(read(t, "overlay.yaml"), "\nactions:\n")
	if !found {
		t.Fatal("overlay.yaml has no actions")
	}
	actions := strings.Split(text, "\n  - ")[1:]
	if len(actions) < 10 {
		t.Fatalf("found %d actions: is overlay.yaml written in another style?", len(actions))
	}
	for _, action := range actions {
		target, rest, _ := strings.Cut(action, "\n")
		if !strings.HasPrefix(target, "target: $") {
			t.Errorf("%q does not begin with its target", target)
			continue
		}
		description, found := strings.CutPrefix(rest, "    description:")
		description, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(description), ">-"), "\n    update:")
		description, _, _ = strings.Cut(description, "\n    remove:")
		if !found || len(strings.Fields(description)) < 2 {
			t.Errorf("%s: got description %q, want the fact that it corrects", target, description)
		}
	}
}
