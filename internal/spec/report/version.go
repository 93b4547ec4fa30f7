package report

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/iyzico-go/masspayout/internal/spec/tree"
)

// Version is a release's number.
type Version struct{ Major, Minor, Patch int }

// First is the number of the first release.
var First = Version{0, 1, 0}

func (v Version) String() string { return fmt.Sprintf("v%d.%d.%d", v.Major, v.Minor, v.Patch) }

// Less orders versions.
func (v Version) Less(other Version) bool {
	switch {
	case v.Major != other.Major:
		return v.Major < other.Major
	case v.Minor != other.Minor:
		return v.Minor < other.Minor
	}
	return v.Patch < other.Patch
}

// ParseVersion reads v1.2.3; pre-releases are not used here.
func ParseVersion(text string) (Version, error) {
	wrong := fmt.Errorf("expected a version as v0.2.0, got %q", text)
	parts := strings.Split(strings.TrimPrefix(text, "v"), ".")
	if len(parts) != 3 {
		return Version{}, wrong
	}
	var numbers [3]int
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return Version{}, wrong
		}
		numbers[i] = n
	}
	v := Version{numbers[0], numbers[1], numbers[2]}
	if v.String() != text { // no leading zero, no sign, and the v
		return Version{}, wrong
	}
	return v, nil
}

// Rule is Next in words.
const Rule = "Before v1.0.0, a change that may break the build of a user's program raises the minor version, every other " +
	"one the patch version; from v1.0.0 on, the first raises the major version, an addition the minor and the rest the " +
	"patch version."

// Next is the least number that a release after v may have, given what changes in the Go API since v.
func (v Version) Next(changes []Package) Version {
	incompatible, compatible := false, false
	for _, change := range changes {
		incompatible = incompatible || len(change.Incompatible) > 0
		compatible = compatible || len(change.Compatible) > 0
	}
	switch {
	case incompatible && v.Major > 0:
		return Version{v.Major + 1, 0, 0}
	case incompatible, compatible && v.Major > 0:
		return Version{v.Major, v.Minor + 1, 0}
	}
	return Version{v.Major, v.Minor, v.Patch + 1}
}

// LastRelease is the highest tag that the commit contains; ok is false if there is none.
func LastRelease(ctx context.Context, root, commit string) (last Version, ok bool, err error) {
	out, err := tree.Run(ctx, root, "git", "tag", "--merged", commit, "--list", "v*")
	if err != nil {
		return Version{}, false, err
	}
	for tag := range strings.Lines(string(out)) {
		v, err := ParseVersion(strings.TrimSpace(tag))
		if err == nil && (!ok || last.Less(v)) {
			last, ok = v, true
		}
	}
	return last, ok, nil
}
