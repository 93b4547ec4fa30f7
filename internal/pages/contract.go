package pages

import (
	"fmt"
	"slices"
	"strings"
)

// ContractFile holds what the handwritten code was written for, see Contract.
const ContractFile = "gen/contract.txt"

// Contract is the facts of iyzico's document as the handwritten code knows it. A person keeps it: a line that has
// changed there says that somebody has looked at the code that it concerns.
type Contract struct {
	lines []string
	look  map[string]string // by what the lines are of, as subject returns it
}

// ParseContract reads the file: groups of facts, each under a line that says what to look at when one of
// them changes. Lines that start with # are comments.
func ParseContract(text string) (Contract, error) {
	c := Contract{look: map[string]string{}}
	look := ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, lookAt):
			look = strings.TrimPrefix(line, lookAt)
		case look == "" || !strings.Contains(line, ":"):
			return Contract{}, fmt.Errorf("line %d: expected a fact under a line that starts with %q, got %q", i+1,
				lookAt, line)
		default:
			c.lines = append(c.lines, line)
			c.look[owner(line)] = look
		}
	}
	slices.Sort(c.lines)
	return c, nil
}

const lookAt = "look at "

// Places returns what the contract says to look at, such as "gen: Validate, encodeJSON; emulator: judge".
func (c Contract) Places() []string {
	places := make([]string, 0, len(c.look))
	for _, look := range c.look {
		places = append(places, look)
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// owner is what a fact belongs to: a schema, an operation, or the servers.
func owner(line string) string {
	subject := Subject(line)
	if strings.Contains(subject, " /") {
		operation, _, _ := strings.Cut(subject, ", ")
		operation, _, _ = strings.Cut(operation, " requestBody")
		return operation
	}
	if i := strings.IndexAny(subject, ".[ "); i >= 0 {
		return subject[:i]
	}
	return subject
}

// Compare says what a document has that the code was not written for, with what to look at.
func (c Contract) Compare(document []byte) []string {
	var all []string
	changes := Diff(c.lines, Facts(document, Structure))
	for i, change := range changes {
		subject := Subject(change[2:])
		what := strings.TrimPrefix(change[2:], subject+": ")
		look := c.look[owner(change[2:])]
		if look == "" {
			look = "what should handle it: nothing written by hand does yet"
		}
		before := i > 0 && Subject(changes[i-1][2:]) == subject
		after := i+1 < len(changes) && Subject(changes[i+1][2:]) == subject
		switch {
		case change[0] == '+' && before:
			was := strings.TrimPrefix(changes[i-1][2:], subject+": ")
			all = append(all, fmt.Sprintf("%s: is %q, was %q. Look at %s", subject, what, was, look))
		case change[0] == '+':
			all = append(all, fmt.Sprintf("%s: is new, %q. Look at %s", subject, what, look))
		case !after:
			all = append(all, fmt.Sprintf("%s: is gone, was %q. Look at %s", subject, what, look))
		}
	}
	return all
}
