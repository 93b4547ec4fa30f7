package report

import (
	"fmt"
	"strings"
)

// Markdown is the report in words for a changelog or a pull request.
func (r Report) Markdown() string {
	var b strings.Builder
	r.writeAPI(&b)
	r.writeOverlay(&b)
	r.writeGo(&b)
	r.writeVersion(&b)
	r.writeToDo(&b)
	return b.String()
}

func (r Report) writeAPI(b *strings.Builder) {
	b.WriteString("## iyzico's document\n\n")
	switch {
	case r.Unchanged:
		fmt.Fprintf(b, "Unchanged: version %s.\n", r.After)
	case r.Before == r.After:
		fmt.Fprintf(b, "Changed, and still called version %s.\n", r.After)
	default:
		fmt.Fprintf(b, "Version %s, was %s.\n", r.After, r.Before)
	}
	b.WriteString("\n")
	switch {
	case r.Unreadable != "":
		fmt.Fprintf(b, "What changed in the API cannot be told:\n\n%s\n", fenced(r.Unreadable))
	case len(r.API) > 0:
		for _, change := range r.API {
			writeChange(b, change)
		}
		b.WriteString("\n")
	case !r.Unchanged:
		b.WriteString("The API is as it was: only texts, names or the version differ.\n\n")
	}
	if len(r.Ours) > 0 {
		b.WriteString("Our overlay changes besides:\n\n")
		for _, change := range r.Ours {
			writeChange(b, change)
		}
		b.WriteString("\n")
	}
}

func writeChange(b *strings.Builder, change Change) {
	fmt.Fprintf(b, "- **%s**: %s", change.Severity(), plain(change.Text))
	if change.Path != "" {
		fmt.Fprintf(b, " (`%s %s`)", change.Operation, change.Path)
	}
	if change.Hidden {
		b.WriteString(". *The overlay hides this from the Go API*")
	}
	b.WriteString("\n")
}

func (r Report) writeOverlay(b *strings.Builder) {
	b.WriteString("## The overlay\n\n")
	if len(r.Problems)+len(r.Redundant)+len(r.Beneath) == 0 {
		fmt.Fprintf(b, "All %d actions apply and are still needed.\n\n", r.Actions)
		return
	}
	for _, problem := range r.Problems {
		fmt.Fprintf(b, "- **action %d**, `%s`, %s", problem.Number, problem.Target, problem.Kind)
		if problem.Detail != "" {
			fmt.Fprintf(b, " (%s)", plain(problem.Detail))
		}
		fmt.Fprintf(b, ".\n  It says: %s\n", plain(problem.Description))
	}
	for _, leaf := range r.Redundant {
		fmt.Fprintf(b, "- action %d: `%s: %s` is no longer needed, iyzico's document says so itself.\n", leaf.Action,
			leaf.Path, plain(leaf.Is))
	}
	for _, leaf := range r.Beneath {
		fmt.Fprintf(b, "- action %d: iyzico has changed `%s`, which the action replaces or removes: was %q, is %q. "+
			"Does the correction still hold?\n", leaf.Action, leaf.Path, plain(leaf.Before), plain(leaf.Was))
	}
	if len(r.NewSchemas) > 0 && len(r.GoneSchemas) > 0 {
		fmt.Fprintf(b, "- Renamed? Schemas that are gone: %s; that are new: %s.\n", strings.Join(r.GoneSchemas, ", "),
			strings.Join(r.NewSchemas, ", "))
	}
	b.WriteString("\n")
}

func (r Report) writeGo(b *strings.Builder) {
	b.WriteString("## Go programs that use this module\n\n")
	if len(r.Go) == 0 {
		b.WriteString("Nothing changes in the Go API.\n\n")
	}
	for _, change := range r.Go {
		fmt.Fprintf(b, "Package `%s`:\n\n", change.Path)
		if change.Broken != "" {
			fmt.Fprintf(b, "It cannot be compared:\n\n%s\n", fenced(change.Broken))
		}
		for _, item := range change.Incompatible {
			fmt.Fprintf(b, "- **breaking**: `%s`\n", item)
		}
		for _, item := range change.Compatible {
			fmt.Fprintf(b, "- `%s`\n", item)
		}
		b.WriteString("\n")
	}
}

func (r Report) writeVersion(b *strings.Builder) {
	b.WriteString("## The next version\n\n")
	switch {
	case r.Repair():
		b.WriteString("It follows once what is left to do is done: `make report` tells it then.")
	case r.NoneYet:
		fmt.Fprintf(b, "%s, the first release.", First)
	case r.Empty():
		fmt.Fprintf(b, "None is needed after %s.", r.Last)
	default:
		fmt.Fprintf(b, "At least %s, after %s.", r.Last.Next(r.Go), r.Last)
	}
	fmt.Fprintf(b, " %s\n\n", Rule)
}

func (r Report) writeToDo(b *strings.Builder) {
	b.WriteString("## What is left to do\n\n")
	for _, broken := range r.Broken {
		fmt.Fprintf(b, "- This fails, and must not any more:\n\n%s\n", fenced(broken))
	}
	if len(r.Problems) > 0 {
		b.WriteString("- Correct in `api/overlay.yaml` the actions named above, or remove those without a purpose; then " +
			"`make generate`.\n")
	}
	if len(r.Redundant) > 0 {
		b.WriteString("- Remove from `api/overlay.yaml` what iyzico has corrected itself.\n")
	}
	if len(r.Beneath) > 0 {
		b.WriteString("- Look at each value that changed under a correction: the text or the fact may be another one.\n")
	}
	hidden, breaking := false, false
	for _, change := range r.API {
		hidden = hidden || change.Hidden
		breaking = breaking || change.Level == 3 && !change.Hidden
	}
	if hidden {
		b.WriteString("- Decide for each change that the overlay hides whether it must go on hiding it.\n")
	}
	if breaking {
		b.WriteString("- Say in CHANGELOG.md what users must do: a call that worked before may be refused now, even where " +
			"their programs still build.\n")
	}
	b.WriteString("- `make check`, and a line for users in CHANGELOG.md under Unreleased.\n")
}

// plain makes one short line of a text that comes from outside, and takes the meaning from HTML and mentions in it.
func plain(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 300 {
		text = string(runes[:300]) + " …"
	}
	return strings.NewReplacer("<", "&lt;", "@", "@\u200b").Replace(text)
}

// fenced is a text as a code block, indented to stand in a list, too.
func fenced(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > 30 {
		lines = append(lines[:30], "…")
	}
	return "  ````\n  " + strings.Join(lines, "\n  ") + "\n  ````\n"
}
