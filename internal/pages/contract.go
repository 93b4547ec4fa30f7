package pages

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ContractFile holds what the handwritten code was written for, see Contract.
const ContractFile = "gen/contract.txt"

// Contract is the facts of iyzico's document as the handwritten code knows it. A person keeps it: a line that has
// changed there says that somebody has looked at the code that it concerns.
type Contract struct {
	lines []string
	look  map[string]string // by what the lines are of, as owner returns it
}

// ParseContract reads the file: groups of facts, each under a line that says what to look at when one of
// them changes. Lines that start with # are comments.
func ParseContract(text string) (Contract, error) {
	const lookAt = "look at "
	c := Contract{look: map[string]string{}}
	look := ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, lookAt):
			look = strings.TrimPrefix(line, lookAt)
		case look == "" || !strings.Contains(line, ":"):
			return Contract{}, fmt.Errorf(ContractFile+", line %d: expected a fact under a line that starts with %q, got %q", i+1, lookAt, line)
		default:
			c.lines = append(c.lines, line)
			c.look[owner(Subject(line))] = look
		}
	}
	slices.Sort(c.lines)
	return c, nil
}

// Places returns what the contract says to look at, such as "gen: Validate, encodeJSON; emulator: judge".
func (c Contract) Places() []string {
	return slices.Compact(slices.Sorted(maps.Values(c.look)))
}

// owner is what a fact's subject belongs to: a schema, an operation, or the servers.
func owner(subject string) string {
	if strings.Contains(subject, " /") {
		operation, _, _ := strings.Cut(subject, ", ")
		operation, _, _ = strings.Cut(operation, " requestBody")
		return operation
	}
	return strings.FieldsFunc(subject, func(r rune) bool { return strings.ContainsRune(".[ ", r) })[0]
}

// Compare says what a document has that the code was not written for, with what to look at.
func (c Contract) Compare(document []byte) (all []string) {
	for _, change := range Diff(c.lines, Decode(document).Facts(Structure)) {
		look := cmp.Or(c.look[owner(change.Subject)], "what should handle it: nothing written by hand does yet")
		was := strings.TrimPrefix(change.Was, change.Subject+": ")
		is := strings.TrimPrefix(change.Is, change.Subject+": ")
		what := fmt.Sprintf("is %q, was %q", is, was)
		if change.Was == "" {
			what = fmt.Sprintf("is new, %q", is)
		} else if change.Is == "" {
			what = fmt.Sprintf("is gone, was %q", was)
		}
		all = append(all, fmt.Sprintf("%s: %s. Look at %s", change.Subject, what, look))
	}
	return all
}
