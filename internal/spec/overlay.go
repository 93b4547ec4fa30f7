package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

const joinedFile, overlayFile = pages.Joined, "api/overlay.yaml" // relative to the module's root

// overlaid is what api/overlay.yaml does to a document.
type overlaid struct {
	document    []byte
	Actions     int
	Problems    []string    // actions that no longer do what they were written for
	says, made  pages.Facts // of the document, and of what becomes of it
	ungenerated error       // of the problems, those that the generator would fail on
}

// overlayOf applies the overlay of root to its joined document.
func overlayOf(root string) (overlaid, error) {
	document, err := os.ReadFile(filepath.Join(root, joinedFile))
	actions, actionsErr := os.ReadFile(filepath.Join(root, overlayFile))
	if err := errors.Join(err, actionsErr); err != nil {
		return overlaid{}, err
	}
	return applyOverlay(document, actions)
}

// applyOverlay applies each action by itself, in order and strictly, as the generator does: the next one sees what the
// one before it made. It adds what the generator does not find.
func applyOverlay(document, file []byte) (overlaid, error) {
	var root yaml.Node
	err := yaml.Unmarshal(document, &root)
	all, parseErr := overlay.ParseReader(bytes.NewReader(file))
	if err = errors.Join(err, parseErr); err == nil {
		err = all.Validate()
	}
	if err != nil {
		return overlaid{}, fmt.Errorf("%s: %w", overlayFile, err)
	}
	result := overlaid{document: document, Actions: len(all.Actions)}
	problem := func(format string, args ...any) {
		result.Problems = append(result.Problems, fmt.Sprintf(format, args...))
	}
	for i, action := range all.Actions {
		single, what := *all, ""
		single.Actions = all.Actions[i : i+1]
		if warnings, err := single.ApplyToStrict(&root); err != nil {
			what = "it no longer applies, " + err.Error()
		} else if strings.Contains(strings.Join(warnings, " "), "does nothing") {
			what = "it changes nothing, the document already says so"
		}
		if what != "" {
			problem("overlay action %d of %d, `%s`: %s.\n  It says: %s", i+1, result.Actions, action.Target, what,
				oneLine(action.Description))
		}
	}
	var value any
	err = root.Decode(&value)
	made, jsonErr := json.Marshal(value)
	if err := errors.Join(err, jsonErr); err != nil {
		return overlaid{}, fmt.Errorf("%s: %w", overlayFile, err)
	}
	result.says, result.made = pages.Decode(document).Bare().Facts(), pages.Decode(made).Bare().Facts()
	for _, subject := range slices.Sorted(maps.Keys(result.made)) {
		if result.made[subject] == "{}" && result.says[subject] == "" { // it would be back without a type
			problem("the overlay corrects a property that is not in the document, %s", subject)
		}
		if p := parameter.FindStringSubmatch(subject); p != nil {
			problem("%s has the parameter %s in its %s, and api/templates/client.tmpl generates parameters of the path only: "+
				"remove it by an action and let the signer send it, or extend the template", p[1], p[3], p[2])
			result.ungenerated = errors.Join(result.ungenerated, errors.New(result.Problems[len(result.Problems)-1]))
		}
	}
	return result, nil
}

// parameter is the subject of a fact about one that is not in the path.
var parameter = regexp.MustCompile(`^([A-Z]+ /[^,]*), (query|header|cookie) ([^ ]+)$`)

// beneath lists what iyzico has changed under the overlay, which makes the same of it as before.
func beneath(before, after overlaid) (changed []string) {
	for _, c := range pages.Diff(before.says, after.says) {
		if made := after.made[c.Subject]; made != "" && made == before.made[c.Subject] && made != c.Is {
			changed = append(changed, fmt.Sprintf("%s, and the overlay makes %q of both", c, made))
		}
	}
	return changed
}
