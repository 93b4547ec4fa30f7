package signer

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"hash"
	"hash/maphash"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// What a client can get wrong. The body comes first because it is the most expensive to change.
const (
	byBody = iota
	byPath
	byRandomKey
	byOrder
	bySecretKey
	byAlgorithm
	questions
)

// variant is one answer to a question. The first one of each question is right.
type variant struct {
	codes  []string
	weight int  // 0 if right, otherwise the number of mistakes
	rare   bool // tried after the common ones, and never with two others
	value  []byte
	order  string // byOrder: a letter for each part

	only, never int                                                      // byAlgorithm: the sizes of the digest
	sum         func(s *search, secret, message []byte, size int) []byte // byAlgorithm
}

const (
	// maxHashed bounds the bytes that a search hashes. Every message counts as 512 bytes more than it has.
	maxHashed = 256 << 20
	// maxRewritten bounds the bytes of the bodies that a search writes and keeps.
	maxRewritten = 32 << 20
)

type search struct {
	header     header
	keys       Keys
	body       []byte
	targets    []target
	bodies     *bodyList
	variants   [questions][]variant
	chosen     [questions]int
	found      target
	budget     int
	incomplete bool
	buf        []byte
	macs       map[int]hash.Hash // by the chosen secret key

	oldFields   []byte // the fields of the old scheme, of the body
	oldFieldsOf int    // chosen last
}

// run tries everything with one mistake, then with two, then with three common ones. It tries common mistakes first.
func (s *search) run() bool {
	s.macs = map[int]hash.Hash{}
	for weight := range 3 {
		if s.try(0, weight, false, false) || s.try(0, weight, true, false) {
			return true
		}
	}
	return s.tryTwiceOtherBodies() || s.try(0, 3, false, false)
}

// tryTwiceOtherBodies tries the many bodies with two mistakes, with everything else right.
func (s *search) tryTwiceOtherBodies() bool {
	common := s.bodies.list
	defer func() { s.variants[byBody] = common }()
	if len(s.body) > 24<<10 {
		s.bodies.incomplete = true
		return false
	}
	s.bodies.styles(2)
	s.variants[byBody] = s.bodies.list
	s.chosen = [questions]int{}
	for i := len(common); i < len(s.bodies.list) && s.budget > 0; i++ {
		if s.chosen[byBody] = i; s.matches() {
			common = s.bodies.list // chosen is an index of it
			return true
		}
	}
	return false
}

// try tries all variants of the given question and those after it whose weights add up to rest. If rare is set, at
// least one variant must be rare; otherwise none may be.
func (s *search) try(question, rest int, rare, hasRare bool) bool {
	if question == questions {
		return rest == 0 && rare == hasRare && s.matches()
	}
	for i := range s.variants[question] {
		v := &s.variants[question][i]
		if v.weight > rest || v.rare && !rare || question == byAlgorithm && v.weight != rest {
			continue
		}
		s.chosen[question] = i
		if s.try(question+1, rest-v.weight, rare, hasRare || v.rare) {
			return true
		}
		if s.budget <= 0 {
			s.incomplete = true
			return false
		}
	}
	return false
}

func (s *search) choice(question int) *variant { return &s.variants[question][s.chosen[question]] }

func (s *search) matches() bool {
	algorithm := s.choice(byAlgorithm)
	message := []byte(nil)
	for _, t := range s.targets {
		if algorithm.only != 0 && len(t.digest) != algorithm.only || len(t.digest) == algorithm.never {
			continue
		}
		if message == nil {
			s.buf = s.buf[:0]
			for _, letter := range s.choice(byOrder).order {
				s.buf = append(s.buf, s.part(letter)...)
			}
			if slices.Contains(s.choice(byOrder).codes, "message.utf16") {
				s.buf = toUTF16(s.buf)
			}
			message = s.buf
		}
		s.budget -= len(message) + 512
		digest := algorithm.sum(s, s.choice(bySecretKey).value, message, len(t.digest))
		if hmac.Equal(digest, t.digest) {
			s.found = t
			return true
		}
	}
	return false
}

// part returns the part of the message for a letter of an order. A separator stands for itself.
func (s *search) part(letter rune) []byte {
	switch letter {
	case 'R':
		return s.choice(byRandomKey).value
	case 'P':
		return s.choice(byPath).value
	case 'B':
		return s.choice(byBody).value
	case 'A':
		return []byte(s.header.apiKey)
	case 'S':
		return s.choice(bySecretKey).value
	case 'M':
		return s.variants[byOrder][0].value
	}
	return []byte(string(letter))
}

func (s *search) message() (m Message) {
	names := map[rune]string{'R': "randomKey", 'P': "path", 'B': "body", 'A': "apiKey", 'S': "secretKey", 'M': "method"}
	for _, letter := range s.choice(byOrder).order {
		p := Part{Name: names[letter]}
		switch letter {
		case 'A', 'S':
		case 'R', 'P', 'B', 'M':
			p.Value = string(s.part(letter))
		default:
			p = Part{Name: "separator", Value: string(letter)}
		}
		m = append(m, p)
	}
	return m
}

func (s *search) codes() (codes []string) {
	for question := range questions {
		codes = append(codes, s.choice(question).codes...)
	}
	return append(codes, s.found.codes...)
}

// variantList collects the variants of one question, without duplicates.
type variantList struct {
	list []variant
	seen map[uint64]bool
	seed maphash.Seed
}

func newVariantList(right []byte) *variantList {
	l := &variantList{seen: map[uint64]bool{}, seed: maphash.MakeSeed()}
	l.add(variant{value: right})
	return l
}

func (l *variantList) add(v variant) bool {
	sum := maphash.Bytes(l.seed, v.value)
	if l.seen[sum] {
		return false
	}
	l.seen[sum] = true
	l.list = append(l.list, v)
	return true
}

func (l *variantList) common(code string, values ...string) {
	for _, value := range values {
		l.add(variant{codes: []string{code}, weight: 1, value: []byte(value)})
	}
}

func (l *variantList) rare(code string, values ...string) {
	for _, value := range values {
		l.add(variant{codes: []string{code}, weight: 1, rare: true, value: []byte(value)})
	}
}

func randomKeys(signed, header string) []variant {
	l := newVariantList([]byte(signed))
	if header != "" {
		l.common("random_key.header", header)
	}
	l.common("random_key.none", "")
	l.rare("random_key.changed", strings.TrimSpace(signed), strings.ToLower(signed), strings.ToUpper(signed),
		strings.TrimSpace(header), "randomKey:"+signed, signed+signed)
	return l.list
}

func secretKeys(h header, keys Keys, others []Keys) []variant {
	secret := keys.SecretKey
	l := newVariantList([]byte(secret))
	l.common("secret_key.is_api_key", keys.APIKey)
	for _, k := range others[:min(len(others), 16)] {
		l.common("secret_key.other", k.SecretKey)
	}
	l.common("secret_key.space", secret+" ", secret+"\n", secret+"\r\n", " "+secret)
	l.rare("secret_key.space", strings.TrimSpace(secret), " "+secret+" ", secret+"  ", "\n"+secret, "\r\n"+secret)
	for _, space := range []string{"\t", "\r", "\u00a0", "\ufeff", "\u200b"} {
		l.rare("secret_key.space", secret+space, space+secret)
	}
	l.common("secret_key.empty", "")
	l.rare("secret_key.quotes", `"`+secret+`"`, `'`+secret+`'`)
	if decoded, _ := decodeBase64(secret); decoded != nil {
		l.rare("secret_key.decoded", string(decoded))
	}
	if decoded, err := hex.DecodeString(secret); err == nil {
		l.rare("secret_key.decoded", string(decoded))
	}
	l.rare("secret_key.encoded", base64.StdEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret)),
		string(toUTF16([]byte(secret))), url.QueryEscape(secret))
	l.rare("secret_key.case", strings.ToLower(secret), strings.ToUpper(secret))
	l.rare("secret_key.prefix", strings.TrimPrefix(secret, "sandbox-"), "sandbox-"+secret)
	if len(secret) > 1 {
		l.rare("secret_key.cut", secret[:len(secret)-1], secret[1:])
	}
	l.rare("secret_key.joined", keys.APIKey+secret, secret+keys.APIKey, keys.APIKey+":"+secret, secret+"&")
	l.rare("secret_key.is_api_key", h.apiKey)
	for _, k := range others[:min(len(others), 16)] {
		l.rare("secret_key.other", k.APIKey)
	}
	return l.list
}

// paths returns the variants of the path, alone and with the host or the query.
func paths(req *http.Request, path string) []variant {
	_, query, _ := strings.Cut(receivedTarget(req), "?")

	type piece struct {
		code, text string
		rare       bool
	}
	var bases []piece
	base := func(code, text string, rare bool) { bases = append(bases, piece{code, text, rare}) }
	base("", path, false)
	if cut := strings.TrimRight(path, "/"); cut != path {
		base("path.slash", cut, false)
	}
	base("path.slash", path+"/", false)
	base("path.first_slash", strings.TrimPrefix(path, "/"), false)
	base("path.first_slash", "/"+strings.TrimLeft(path, "/"), false)
	base("path.first_slash", "/"+path, false)
	if unescaped, err := url.PathUnescape(path); err == nil {
		base("path.unescaped", unescaped, false)
		base("path.unescaped", strings.ReplaceAll(path, "+", "%2B"), true)
	}
	base("path.escaped", strings.ReplaceAll(path, "%", "%25"), false)
	base("path.escaped", url.PathEscape(path), false)
	base("path.escaped", strings.ReplaceAll(url.PathEscape(path), "%2F", "/"), false)
	base("path.escaped", strings.ToLower(url.PathEscape(path)), true)
	base("path.case", escapesInCase(path, strings.ToUpper), true)
	base("path.case", escapesInCase(path, strings.ToLower), true)
	base("path.case", strings.ToLower(path), true)
	base("path.case", strings.ToUpper(path), true)
	base("path.left_out", "", false)
	base("path.left_out", "/", true)
	rest := path
	for range 8 { // without its beginning, as a client with a base URL has it
		i := strings.IndexByte(rest[min(1, len(rest)):], '/')
		if i < 0 {
			break
		}
		rest = rest[1+i:]
		base("path.beginning", rest, false)
		base("path.beginning", rest[1:], true)
	}
	rest = strings.TrimRight(path, "/")
	for range 8 { // without its end, such as an id
		i := strings.LastIndexByte(rest, '/')
		if i <= 0 {
			break
		}
		rest = rest[:i]
		base("path.end", rest, false)
		base("path.end", rest+"/", true)
	}

	for before, name := range map[string]string{"/cancel/": "requestId", "/items/": "referenceCode"} {
		if i := strings.LastIndexByte(path, '/') + 1; strings.HasSuffix(path[:i], before) {
			base("path.template", path[:i]+"{"+name+"}", false)
			base("path.template", path[:i]+"%7B"+name+"%7D", true)
			base("path.template", path[:i]+":"+name, true)
			base("path.template", path[:i]+"{id}", true)
		}
	}

	queries := []piece{{}}
	if query != "" {
		queries = append(queries, piece{"path.query", "?" + query, false})
		if unescaped, err := url.QueryUnescape(query); err == nil {
			queries = append(queries, piece{"path.query", "?" + unescaped, true})
		}
		params := strings.Split(query, "&")
		if len(params) > 1 && len(params) <= 8 {
			sorted := slices.Sorted(slices.Values(params))
			queries = append(queries, piece{"path.query", "?" + strings.Join(sorted, "&"), true})
			for i := range params {
				without := strings.Join(slices.Delete(slices.Clone(params), i, i+1), "&")
				queries = append(queries, piece{"path.query", "?" + without, true})
				queries = append(queries, piece{"path.query", "?" + params[i], true})
			}
		}
		queries = append(queries, piece{"path.query", query, true})
	}
	for _, unsent := range []string{"?", "?locale=tr", "?locale=en"} {
		queries = append(queries, piece{"path.query", unsent, true})
	}

	hosts := []piece{{}}
	for _, host := range []string{req.Host, "sandbox-api.iyzipay.com", "api.iyzipay.com"} {
		if host == "" {
			continue
		}
		other := host != req.Host
		for _, scheme := range []string{"https://", "http://", ""} {
			hosts = append(hosts, piece{"path.host", scheme + host, other})
		}
		if name, _, ok := strings.Cut(host, ":"); ok {
			for _, scheme := range []string{"https://", "http://", ""} {
				hosts = append(hosts, piece{"path.host", scheme + name, true})
			}
		}
	}

	l := newVariantList([]byte(path))
	for weight := 1; weight <= 3; weight++ {
		for _, h := range hosts {
			for _, q := range queries {
				for _, b := range bases {
					v := variant{rare: h.rare || q.rare || b.rare, value: []byte(h.text + b.text + q.text)}
					for _, p := range []piece{h, b, q} {
						if p.code != "" {
							v.codes = append(v.codes, p.code)
							v.weight++
						}
					}
					if v.weight == weight && len(v.value) <= maxHeader {
						l.add(v)
					}
				}
			}
		}
	}
	return l.list
}

// escapesInCase writes the hex digits of a path's escapes in another case.
func escapesInCase(path string, change func(string) string) string {
	b := []byte(path)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:], change(string(b[i+1:i+3])))
		}
	}
	return string(b)
}

// orders returns the variants of joining the parts. The first one also holds the method.
func orders(method string) []variant {
	list := []variant{{order: "RPB", value: []byte(method)}}
	add := func(code string, rare bool, orders ...string) {
		for _, order := range orders {
			list = append(list, variant{codes: []string{code}, weight: 1, rare: rare, order: order})
		}
	}
	add("message.order", false, "PRB", "RBP", "PBR", "BRP", "BPR")
	add("message.separator", false, "R\nP\nB", "R&P&B", "R:P:B")
	add("message.separator", true,
		"R|P|B", "R,P,B", "R.P.B", "R-P-B", "R P B", "R+P+B", "R;P;B", "RP\nB", "R\r\nP\r\nB")
	add("message.method", true, "RMPB", "MRPB", "RPMB", "RM PB", "R\nM\nP\nB")
	add("message.api_key", true, "ARPB", "RAPB", "RPBA", "A&R&P&B")
	add("message.secret_key", true, "SRPB", "RPBS", "ARSPB", "ARSB")
	add("message.utf16", true, "RPB")
	return list
}

// algorithms are the ways to compute the digest. The right one comes first.
var algorithms = []variant{
	{only: sha256.Size, sum: (*search).hmac},
	{codes: []string{"algorithm.swapped"}, weight: 1, rare: true,
		sum: func(_ *search, secret, message []byte, size int) []byte { return hmacOf(size, message, secret) }},
	{codes: []string{"algorithm.hash"}, weight: 1, rare: true, never: sha256.Size,
		sum: func(_ *search, secret, message []byte, size int) []byte { return hmacOf(size, secret, message) }},
	{codes: []string{"algorithm.no_hmac"}, weight: 1, rare: true,
		sum: func(_ *search, _, message []byte, size int) []byte { return hashOf(size, message) }},
	{codes: []string{"algorithm.no_hmac"}, weight: 1, rare: true,
		sum: func(_ *search, secret, message []byte, size int) []byte { return hashOf(size, secret, message) }},
	{codes: []string{"algorithm.no_hmac"}, weight: 1, rare: true,
		sum: func(_ *search, secret, message []byte, size int) []byte { return hashOf(size, message, secret) }},
	{codes: []string{"algorithm.old"}, weight: 1, rare: true, only: sha1.Size,
		sum: func(s *search, secret, _ []byte, size int) []byte { return s.oldScheme(secret, size) }},
}

// hmac computes the right digest. It keeps the state of every secret key, which saves half the time for small messages.
func (s *search) hmac(secret, message []byte, _ int) []byte {
	mac := s.macs[s.chosen[bySecretKey]]
	if mac == nil {
		mac = hmac.New(sha256.New, secret)
		s.macs[s.chosen[bySecretKey]] = mac
	}
	mac.Reset()
	mac.Write(message)
	return mac.Sum(nil)
}

func hashes(size int) func() hash.Hash {
	switch size {
	case md5.Size:
		return md5.New
	case sha1.Size:
		return sha1.New
	case sha256.Size:
		return sha256.New
	case sha512.Size384:
		return sha512.New384
	}
	return sha512.New
}

func hmacOf(size int, key, message []byte) []byte {
	mac := hmac.New(hashes(size), key)
	mac.Write(message)
	return mac.Sum(nil)
}

func hashOf(size int, parts ...[]byte) []byte {
	h := hashes(size)()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// oldScheme computes the hash of iyzico's scheme before IYZWSv2, SHA-1 over API key, random key, secret key and the
// fields of the request as "[name=value,name=[a, b]]".
func (s *search) oldScheme(secret []byte, size int) []byte {
	body := s.choice(byBody).value
	if s.oldFieldsOf != s.chosen[byBody] || s.oldFields == nil {
		s.oldFieldsOf, s.oldFields = s.chosen[byBody], append([]byte{}, body...)
		if node, ok := parseJSON(body); ok {
			s.oldFields = node.appendOldFields([]byte{})
		}
	}
	return hashOf(size, []byte(s.header.apiKey), s.choice(byRandomKey).value, secret, s.oldFields)
}

func (n jsonNode) appendOldFields(dst []byte) []byte {
	switch n.kind {
	case '"':
		var text string
		json.Unmarshal(n.raw, &text)
		return append(dst, text...)
	case '{', '[':
	default:
		return append(dst, n.raw...)
	}
	dst = append(dst, '[')
	first := true
	for _, m := range n.members {
		if string(m.value.raw) == "null" {
			continue
		}
		if !first {
			dst = append(dst, map[byte]string{'{': ",", '[': ", "}[n.kind]...)
		}
		first = false
		if n.kind == '{' {
			dst = append(append(dst, bytes.Trim(m.key, `"`)...), '=')
		}
		dst = m.value.appendOldFields(dst)
	}
	return append(dst, ']')
}

// bodyList collects the variants of the body.
type bodyList struct {
	*variantList
	body       []byte
	json       jsonNode // the parsed body, if isJSON
	isJSON     bool
	layout     int  // the index of the body's layout in jsonLayouts, or -1
	left       int  // bytes that may still be kept
	incomplete bool // variants are missing because the body is large
}

// bodies returns the variants of the body with one mistake.
func bodies(body []byte) *bodyList {
	l := &bodyList{variantList: newVariantList(body), body: body, layout: -1, left: maxRewritten}
	switch string(body) {
	case "":
		l.whole("body.placeholder", false, "{}", "null", `""`, "[]")
		l.whole("body.placeholder", true, "undefined", "None", "false", "\n", " ", "[object Object]")
		return l
	case "{}", "null", `""`, "[]":
		l.whole("body.left_out", false, "")
		l.whole("body.other_placeholder", false, "{}", "null", `""`, "[]")
	default:
		l.whole("body.left_out", false, "")
		l.whole("body.placeholder", true, "{}", "null", `""`, "[]", "[object Object]", "Array")
	}
	if len(body) > maxRewritten/16 {
		l.incomplete = true
		return l
	}
	text := string(body)
	l.whole("body.newline", false, strings.TrimSpace(text), text+"\n", text+"\r\n")
	l.whole("body.newline", true, strings.ReplaceAll(text, "\r\n", "\n"), strings.ReplaceAll(text, "\n", "\r\n"))
	if l.json, l.isJSON = parseJSON(body); l.isJSON {
		l.layout = slices.IndexFunc(jsonLayouts, func(layout jsonLayout) bool {
			return bytes.Equal(l.json.append(nil, &jsonStyle{layout: layout}, 0), bytes.TrimSpace(body))
		})
		l.styles(1)
	} else {
		l.incomplete = json.Valid(body)
	}
	l.whole("body.charset", true, turkishCharset(text), asciiCharset(text), latinTwice(text), string(toUTF16(body)),
		"\ufeff"+text, strings.TrimPrefix(text, "\ufeff"))
	l.whole("body.encoded", true, base64.StdEncoding.EncodeToString(body), url.QueryEscape(text), url.PathEscape(text),
		quoted(text, false), quoted(text, true))
	var inner string
	if json.Unmarshal(body, &inner) == nil {
		l.whole("body.encoded_twice", true, inner)
	}
	return l
}

func (l *bodyList) add(v variant) bool {
	if l.left -= len(v.value) + 64; l.left < 0 {
		l.incomplete = true
		return false
	}
	l.variantList.add(v)
	return true
}

func (l *bodyList) whole(code string, rare bool, values ...string) {
	for _, value := range values {
		l.add(variant{codes: []string{code}, weight: 1, rare: rare, value: []byte(value)})
	}
}

// styles adds the variants with the given weight that encoders of JSON write.
func (l *bodyList) styles(weight int) {
	if !l.isJSON {
		return
	}
	for e, escapes := range jsonEscapeStyles {
		for i, layout := range jsonLayouts {
			for numbers := range numberStyles {
				for bits := range 8 {
					style := jsonStyle{layout, escapes, numbers, bits&1 != 0, bits&2 != 0}
					newline := bits&4 != 0
					v := l.variant(&style, i != l.layout, e > 0, newline)
					if v.weight != weight {
						continue
					}
					v.rare = v.rare || i > 5 && i != l.layout
					v.value = l.json.append(make([]byte, 0, len(l.body)+len(l.body)/4), &style, 0)
					if newline {
						v.value = append(v.value, '\n')
					}
					if !l.add(v) {
						return
					}
				}
			}
		}
	}
}

// variant returns the variant of a style, without its value. Spacing and escapes together weigh 1: using another
// encoder changes both.
func (l *bodyList) variant(style *jsonStyle, otherLayout, otherEscapes, newline bool) (v variant) {
	if otherLayout {
		v.codes = append(v.codes, style.layout.code)
	}
	if otherEscapes {
		v.codes = append(v.codes, style.escapes.code)
	}
	v.weight, v.rare = min(len(v.codes), 1), len(v.codes) > 1
	for _, more := range []struct {
		code  string
		other bool
	}{
		{"body.key_order", style.sortKeys},
		{style.numbers.code(), style.numbers != numbersAsReceived},
		{"body.nulls", style.omitNulls},
		{"body.newline", newline},
	} {
		if more.other {
			v.codes = append(v.codes, more.code)
			v.weight++
		}
	}
	return v
}

// quoted writes the body as a JSON string.
func quoted(body string, ascii bool) string {
	raw, _ := json.Marshal(body)
	return string((&jsonEscapes{code: "x", ascii: ascii}).append(nil, raw))
}

// turkishCharset writes UTF-8 as ISO-8859-9, the Turkish Latin 5.
func turkishCharset(body string) string {
	turkish := map[rune]byte{'ğ': 0xf0, 'Ğ': 0xd0, 'ı': 0xfd, 'İ': 0xdd, 'ş': 0xfe, 'Ş': 0xde}
	var out []byte
	for _, r := range body {
		switch b, ok := turkish[r]; {
		case ok:
			out = append(out, b)
		case r <= 0xff:
			out = append(out, byte(r))
		default:
			out = append(out, '?')
		}
	}
	return string(out)
}

// asciiCharset writes UTF-8 as ASCII, with a question mark for each UTF-16 unit outside it, as .NET and Java do.
func asciiCharset(body string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(body)) {
		if unit >= utf8.RuneSelf {
			unit = '?'
		}
		out = append(out, byte(unit))
	}
	return string(out)
}

// latinTwice writes UTF-8 as if its bytes were ISO-8859-1, in UTF-8 again.
func latinTwice(body string) string {
	var out []byte
	for i := range len(body) {
		out = utf8.AppendRune(out, rune(body[i]))
	}
	return string(out)
}
