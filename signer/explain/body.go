package explain

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxBody    = 256 << 10 // bytes of a body that is written anew
	maxWriting = 4 << 20   // bytes of bodies written anew
	maxDepth   = 8         // of objects and arrays in a body that is written anew
	maxKeys    = 7         // keys of an object that are tried in every order
)

// bodies returns the received body and those that may have been signed in its place, and whether they are all: a client
// that encodes its body twice, once to sign and once to send, may sign other bytes than it sends.
func bodies(received string, d *document) (l variants, complete bool) {
	l = right(received).wrong("body.left_out", "")
	empty := []string{"{}", `""`, "[]", "null", ""}
	if slices.Contains(empty, received) {
		return l.wrong("body.null", "null").wrong("body.placeholder", empty...), true
	}
	if len(received) > maxBody {
		return l, false
	}
	l = l.wrong("body.newline", strings.TrimSpace(received), received+"\n", received+"\r\n",
		strings.ReplaceAll(received, "\r\n", "\n"), strings.ReplaceAll(received, "\n", "\r\n"))
	l = l.wrong("body.charset", turkish.Replace(received), nonASCII.ReplaceAllString(received, "?"), "\ufeff"+received)
	l = l.wrong("body.encoded_twice", `"`+plain(received)+`"`, `"`+ascii(received)+`"`)
	if d == nil {
		return l, true
	}
	l = l.wrong("body.encoded_twice", d.root.text)
	all := append([]encoder{{"", nil, d.layout}}, encoders...)
	writing := maxWriting
	for want := 1; want <= 2; want++ {
		for i, content := range contents {
			for j, encoder := range all {
				if min(i, 1)+min(j, 1) != want {
					continue
				}
				body := encoder.layout(d.root.appendTo(nil, content, encoder.escape))
				if writing -= len(body); writing < 0 {
					return l, false
				}
				l = l.add(want, encoder.code+" "+content.code, body)
			}
		}
	}
	return l, true
}

// turkish writes Turkish letters in ISO-8859-9 and windows-1254, as Java does on Windows.
var turkish = strings.NewReplacer("ç", "\xe7", "Ç", "\xc7", "ğ", "\xf0", "Ğ", "\xd0", "ı", "\xfd", "İ", "\xdd",
	"ö", "\xf6", "Ö", "\xd6", "ş", "\xfe", "Ş", "\xde", "ü", "\xfc", "Ü", "\xdc")

// nonASCII is what .NET's and Java's ASCII encoders write as a question mark.
var nonASCII = regexp.MustCompile(`[^\x00-\x7f]`)

// content is what an encoder changes in the values of a body.
type content struct {
	code   string
	sorted bool                // by key
	amount func(string) string // nil keeps it
}

var contents = []content{
	{"", false, nil},
	{"body.key_order", true, nil},
	{"body.numbers", false, decimals(0)}, // 100.50 as 100.5, 100.0 as 100
	{"body.numbers", false, decimals(1)}, // 100 as 100.0
	{"body.numbers", false, decimals(2)}, // 100 as 100.00
	{"body.amounts_quoted", false, func(amount string) string { return `"` + unquoted(amount) + `"` }},
	{"body.amounts_quoted", false, unquoted},
}

func unquoted(amount string) string { return strings.Trim(amount, `"`) }

// decimals returns a function that writes a number with at least n decimals, and as many as it needs.
func decimals(n int) func(string) string {
	return func(amount string) string {
		exact, ok := new(big.Rat).SetString(amount)
		if !ok {
			return amount // in quotes
		}
		digits, _ := exact.FloatPrec()
		return exact.FloatString(max(digits, n))
	}
}

// encoder is how a program writes JSON.
type encoder struct {
	code   string
	escape func(string) string // of strings; nil keeps what was received
	layout func([]byte) string // of JSON without white space
}

var encoders = []encoder{
	{"body.plain", plain, compact},
	{"body.indented", nil, by2},
	{"body.indented", nil, by4},
	{"body.indented", nil, byTab},
	{"body.indented", plain, by2},
	{"body.indented", plain, by2CRLF}, // Newtonsoft.Json on Windows
	{"body.python", ascii, spaced},
	{"body.python", plain, spaced},  // with ensure_ascii=False
	{"body.python", ascii, compact}, // with separators=(",", ":")
	{"body.python", ascii, by4},
	{"body.php", escaper("/", `\u%04x`), compact},
	{"body.php", escaper("/\u2028\u2029", ""), compact}, // with JSON_UNESCAPED_UNICODE
	{"body.go", escaper("<>&\u2028\u2029", ""), compact},
	{"body.go", escaper("<>&\u2028\u2029", ""), line},        // json.Encoder
	{"body.java", escaper("<>&='\u2028\u2029", ""), compact}, // Gson
	{"body.java", escaper("", `\u%04X`), compact},            // Jackson, with ESCAPE_NON_ASCII
	{"body.dotnet", escaper("<>&'+`\"\x7f", `\u%04X`), compact},
}

var (
	plain   = escaper("", "")
	ascii   = escaper("", `\u%04x`)
	spaced  = indented("", ",\n", ", ", "\n", "")
	by2     = indented("  ")
	by4     = indented("    ")
	byTab   = indented("\t")
	by2CRLF = indented("  ", "\n", "\r\n")
)

// escaper returns a function that writes a slash as \/ and other characters as \uXXXX, if they are among those named
// or, if there is a format, outside ASCII.
func escaper(named, format string) func(string) string {
	const control, letters = "\b\f\n\r\t\"\\", `bfnrt"\`
	return func(text string) string {
		var b []byte
		for _, r := range text {
			letter := strings.IndexRune(control, r)
			switch {
			case r == '/' && strings.ContainsRune(named, r):
				b = append(b, `\/`...)
			case strings.ContainsRune(named, r), r < ' ' && letter < 0, r >= utf8.RuneSelf && format != "":
				for _, unit := range utf16.Encode([]rune{r}) {
					b = fmt.Appendf(b, cmp.Or(format, `\u%04x`), unit)
				}
			case letter >= 0:
				b = append(b, '\\', letters[letter])
			default:
				b = utf8.AppendRune(b, r)
			}
		}
		return string(b)
	}
}

func compact(text []byte) string { return string(text) }

func line(text []byte) string { return string(text) + "\n" }

// indented returns a function that indents JSON, and replaces line breaks in it.
func indented(indent string, oldnew ...string) func([]byte) string {
	lines := strings.NewReplacer(oldnew...)
	return func(text []byte) string {
		var b bytes.Buffer
		json.Indent(&b, text, "", indent)
		return lines.Replace(b.String())
	}
}

// document is a body of JSON.
type document struct {
	root   *node
	layout func([]byte) string // in which it was received; compact if that is unknown
	alike  map[string][]*node  // the objects with few keys, by these
}

// node is a JSON value: a scalar, or an object or array with its members.
type node struct {
	key     string // of an object's member, in quotes
	raw     string // a scalar as received, or '{' or '['
	text    string // of a string, without its escapes
	amount  bool
	members []*node
}

var (
	amountKeys    = []string{`"value"`, `"amount"`, `"price"`, `"paidPrice"`}
	amountPattern = regexp.MustCompile(`^"?-?(0|[1-9][0-9]{0,39})(\.[0-9]{1,39})?([eE][+-]?[0-9]{1,2})?"?$`)
)

// parse returns nil if text is no JSON, or too long or deep to be written again and again.
func parse(text string) *document {
	if len(text) > maxBody || !json.Valid([]byte(text)) {
		return nil
	}
	d := &document{layout: compact, alike: map[string][]*node{}}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	ok := true
	var value func(key string, depth int) *node
	value = func(key string, depth int) *node {
		start := decoder.InputOffset()
		token, err := decoder.Token()
		n := &node{key: key, raw: strings.TrimLeft(text[start:decoder.InputOffset()], ",: \t\r\n")}
		n.text, _ = token.(string)
		n.amount = slices.Contains(amountKeys, key) && amountPattern.MatchString(n.raw)
		ok = ok && err == nil && depth <= maxDepth
		if _, nested := token.(json.Delim); !nested {
			return n
		}
		keys, key := "", ""
		for ok && decoder.More() {
			if n.raw == "{" {
				key = value("", depth).raw
			}
			if len(n.members) < maxKeys {
				keys += key
			}
			n.members = append(n.members, value(key, depth+1))
		}
		decoder.Token()
		if n.raw == "{" && len(n.members) <= maxKeys {
			d.alike[keys] = append(d.alike[keys], n)
		}
		return n
	}
	if d.root = value("", 0); !ok {
		return nil
	}
	asReceived, text := d.root.appendTo(nil, content{}, nil), strings.TrimSpace(text)
	if len(asReceived) == len(text) {
		return d
	}
	for _, layout := range []func([]byte) string{spaced, by2, by4, byTab, by2CRLF} {
		if layout(asReceived) == text {
			d.layout = layout
		}
	}
	return d
}

func byKey(a, b *node) int { return cmp.Compare(a.key, b.key) }

// appendTo appends n without white space between its tokens. escape writes strings; nil keeps them as received.
func (n *node) appendTo(dst []byte, c content, escape func(string) string) []byte {
	members := n.members
	switch {
	case n.amount && c.amount != nil:
		return append(dst, c.amount(n.raw)...)
	case n.raw[0] == '"' && escape != nil:
		return append(append(append(dst, '"'), escape(n.text)...), '"')
	case n.raw == "{" && c.sorted:
		members = slices.SortedStableFunc(slices.Values(members), byKey)
	}
	dst = append(dst, n.raw...)
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		if n.raw == "{" {
			dst = append(append(dst, m.key...), ':')
		}
		dst = m.appendTo(dst, c, escape)
	}
	if n.raw == "{" || n.raw == "[" {
		dst = append(dst, n.raw[0]+2) // '}' is '{'+2, and ']' is '['+2
	}
	return dst
}

// tryKeyOrders tries the keys of the body in every other order, one order for all objects with the same keys.
func (s *search) tryKeyOrders(d *document) bool {
	var text []byte
	try := func() bool {
		text = d.root.appendTo(text[:0], content{}, nil)
		body := d.layout(text)
		s.work -= len(body)
		s.variants[byBody] = variants{{codes: "body.key_order", value: body}}
		return s.try(0, 0)
	}
	for _, keys := range slices.Sorted(maps.Keys(d.alike)) {
		next := try
		try = func() bool { return s.permute(d.alike[keys], 0, next) }
	}
	return try()
}

// permute calls next with the members of all objects from the given one on in each order, until it returns true.
func (s *search) permute(objects []*node, from int, next func() bool) bool {
	members := len(objects[0].members)
	if from >= members {
		return next()
	}
	for i := from; i < members && s.work > 0; i++ {
		swap := func() {
			for _, n := range objects {
				n.members[from], n.members[i] = n.members[i], n.members[from]
			}
		}
		swap()
		if s.permute(objects, from+1, next) {
			return true
		}
		swap()
	}
	return false
}
