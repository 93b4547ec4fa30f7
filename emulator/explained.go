package emulator

import (
	"strings"
	"unicode/utf8"

	"github.com/iyzico-go/masspayout/signer"
	"github.com/iyzico-go/masspayout/signer/explain"
)

// explained holds what the page says about a wrong signature: already masked, and short, so that it can be kept.
type explained struct {
	explain.Explanation
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

func newExplained(e explain.Explanation, hide func(string) string) *explained {
	message := func(f func() explain.Message) explain.Message {
		if f == nil {
			return nil
		}
		return f()
	}
	signed, toSign := mark(message(e.Signed), message(e.ToSign))
	x := &explained{Explanation: e, signed: spans(signed, hide), toSign: spans(toSign, hide)}
	x.Signed, x.ToSign = nil, nil // they hold the body
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

// markedPart is a part of a message. If the other message has none with this name and value, it differs, and
// Value[from:to] is what to mark: empty where the other message has something that is missing here.
type markedPart struct {
	explain.Part
	differs  bool
	from, to int
}

// mark finds what differs between what was signed, if that is known, and what should have been.
func mark(signed, toSign explain.Message) (a, b []markedPart) {
	all := func(m explain.Message, differ bool) (list []markedPart) {
		for _, p := range m {
			list = append(list, markedPart{p, differ, 0, len(p.Value)})
		}
		return list
	}
	a, b = all(signed, true), all(toSign, signed != nil)
	for i := range a {
		for j := range b {
			if a[i].Name == b[j].Name {
				x, y := a[i].Value, b[j].Value
				from, end := commonEnds(x, y)
				a[i] = markedPart{a[i].Part, x != y, from, len(x) - end}
				b[j] = markedPart{b[j].Part, x != y, from, len(y) - end}
			}
		}
	}
	return a, b
}

// commonEnds returns how many bytes at the beginning and at the end of two texts are the same whole characters.
func commonEnds(x, y string) (begin, end int) {
	borders := func(s string, at int) bool { return at == len(s) || utf8.RuneStart(s[at]) }
	for begin < min(len(x), len(y)) && x[begin] == y[begin] {
		begin++
	}
	for begin > 0 && !(borders(x, begin) && borders(y, begin)) {
		begin--
	}
	for end < min(len(x), len(y))-begin && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	for end > 0 && !(borders(x, len(x)-end) && borders(y, len(y)-end)) {
		end--
	}
	return begin, end
}

// spans masks a message, with the difference marked.
func spans(m []markedPart, hide func(string) string) []span {
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
			add(part.Name, visible(shorten(hide(part.Value))), part.differs)
		}
	}
	return list
}

// pathSpans marks a path, of which a difference may be any part: host, query, an escape.
func pathSpans(part markedPart, hide func(string) string, add func(text string, differs bool)) {
	masked := hide(maskTarget(part.Value))
	if !part.differs || masked != part.Value {
		add(masked, part.differs)
		return
	}
	add(masked[:part.from], false)
	add(masked[part.from:part.to], true)
	add(masked[part.to:], false)
}

func bodySpans(part markedPart, hide func(string) string, add func(text string, differs bool)) {
	begin := 0
	if part.differs && part.from > maxBefore {
		begin = part.from - maxBefore
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
			add(visible(shown), part.differs && from < part.to && to > part.from)
		case !part.differs || to <= part.from || from >= part.to:
			raw(from, to, false)
		default:
			a, b := max(from, part.from), min(to, part.to)
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
