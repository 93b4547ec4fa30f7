package emulator

import (
	"strings"

	"github.com/iyzico-go/masspayout/signer"
)

// explained holds what the page says about a wrong signature: already masked, and short, so that it can be kept.
type explained struct {
	signer.Explanation
	signed, toSign []span
}

// span is a piece of a message that is signed.
type span struct {
	Text    string `json:"text"`
	Part    string `json:"part"` // the name of the message's part: randomKey, path, body ...
	Differs bool   `json:"differs,omitempty"`
}

// How many bytes of a body are shown, and how many of them before the first difference.
const (
	maxSpans  = 4 << 10
	maxBefore = 512
)

func explain(e signer.Explanation, hide func(string) string) *explained {
	x := &explained{Explanation: e, signed: spans(e.Signed, hide), toSign: spans(e.ToSign, hide)}
	x.Signed, x.ToSign = nil, nil // not masked, and as long as the body
	return x
}

// summary returns the mistakes in one line, and what to check if none is known.
func (x *explained) summary(lang string) string {
	if len(x.Deviations) == 0 {
		return x.In(signer.Locale(lang))
	}
	var what []string
	for _, d := range x.Deviations {
		what = append(what, d.What.In(signer.Locale(lang)))
	}
	return strings.Join(what, " ")
}

func (x *explained) json(lang string) *signatureJSON {
	j := &signatureJSON{Verdict: string(x.Verdict), Explained: x.Explained, Incomplete: x.Incomplete,
		Mistakes: []mistakeJSON{}, Signed: x.signed, Expected: x.toSign}
	for _, d := range x.Deviations {
		j.Mistakes = append(j.Mistakes,
			mistakeJSON{d.Code, d.What.In(signer.Locale(lang)), d.Do.In(signer.Locale(lang))})
	}
	return j
}

// spans masks a message, with the difference marked.
func spans(m signer.Message, hide func(string) string) []span {
	list := []span{}
	add := func(part, text string, differs bool) {
		if text == "" {
			return
		}
		if n := len(list) - 1; n >= 0 && list[n].Part == part && list[n].Differs == differs {
			list[n].Text += text
			return
		}
		list = append(list, span{text, part, differs})
	}
	for _, part := range m {
		switch part.Name {
		case "body":
			bodySpans(part, hide, func(text string, differs bool) { add(part.Name, text, differs) })
		case "path":
			pathSpans(part, hide, func(text string, differs bool) { add(part.Name, text, differs) })
		case "apiKey", "secretKey":
			add(part.Name, "‹"+part.Name+"›", true)
		default:
			add(part.Name, visible(shorten(hide(part.Value))), part.Differs)
		}
	}
	return list
}

// pathSpans marks a path, of which a difference may be any part: host, query, an escape.
func pathSpans(part signer.Part, hide func(string) string, add func(text string, differs bool)) {
	masked := hide(maskTarget(part.Value))
	if !part.Differs || masked != part.Value {
		add(masked, part.Differs)
		return
	}
	add(masked[:part.From], false)
	add(masked[part.From:part.To], true)
	add(masked[part.To:], false)
}

func bodySpans(part signer.Part, hide func(string) string, add func(text string, differs bool)) {
	begin := 0
	if part.Differs && part.From > maxBefore {
		begin = part.From - maxBefore
		add(hidden, false)
	}
	end := begin + maxSpans
	raw := func(from, to int, differs bool) { add(visible(part.Value[from:to]), differs) }
	last := 0
	maskJSON(part.Value, func(from, to int, shown string) bool {
		if from < begin || from >= end {
			return from < end
		}
		last, shown = to, hide(shown)
		switch {
		case shown != part.Value[from:to]: // masked: marked as a whole
			add(visible(shown), part.Differs && from < part.To && to > part.From)
		case !part.Differs || to <= part.From || from >= part.To:
			raw(from, to, false)
		default:
			a, b := max(from, part.From), min(to, part.To)
			raw(from, a, false)
			raw(a, b, true)
			raw(b, to, false)
		}
		return true
	})
	if last < len(part.Value) {
		add(hidden, false)
	}
}
