package explain

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"net/url"
	"slices"
	"strings"
)

// What a client can get wrong beside the body.
const (
	byPath = iota
	byRandomKey
	byOrder
	bySecretKey
	byAlgorithm
	questions
)

// variant is one way to do one of these. The first one of each is right, and has no codes.
type variant struct {
	codes []string
	value string
	sum   func(secret, message []byte, size int) []byte // byAlgorithm; returns nil if it has no digest of this size
}

const (
	maxWork    = 128 << 20 // bytes of messages; every message counts as 512 bytes more than it has
	maxWriting = 4 << 20   // bytes of bodies written anew
	maxNodes   = 1 << 16   // values in a body that is written anew
	maxKeys    = 7         // keys of an object that are tried in every order
	maxHeader  = 16 << 10  // bytes of a header or a path
)

type search struct {
	apiKey     string
	received   string // the body
	compact    string // see readJSON
	layout     int
	candidates []candidate
	variants   [questions][]variant
	work       int
	writing    int
	incomplete bool // some bodies were not tried

	body      string // the one that is tried
	bodyCodes []string
	chosen    [questions]int
	found     candidate
	joined    []byte
	macs      [32]hash.Hash // by the chosen secret key
}

// run tries one mistake in the body, then one elsewhere, then two. The order of the body's keys comes last: there are
// so many.
func (s *search) run() bool {
	elsewhere := func(mistakes int) bool {
		s.body, s.bodyCodes = s.received, nil
		return s.try(0, mistakes)
	}
	s.readJSON()
	s.incomplete = len(s.received) > maxWriting/16
	for i, list := range s.variants { // a large body is tried with the most common mistakes
		if s.incomplete {
			s.variants[i] = list[:min(len(list), 5)]
		}
	}
	return elsewhere(0) || s.tryBodies(1, 0) || elsewhere(1) || s.tryBodies(2, 0) || elsewhere(2) || s.tryBodies(1, 1) ||
		s.tryKeyOrders()
}

// try tries the given question and those after it with so many mistakes.
func (s *search) try(question, mistakes int) bool {
	if question == questions {
		return mistakes == 0 && s.matches()
	}
	for i := range s.variants[question] {
		if i > 0 && mistakes == 0 || s.work <= 0 {
			break
		}
		s.chosen[question] = i
		if s.try(question+1, mistakes-min(i, 1)) {
			return true
		}
	}
	return false
}

func (s *search) choice(question int) *variant { return &s.variants[question][s.chosen[question]] }

func (s *search) matches() bool {
	secret := []byte(s.choice(bySecretKey).value)
	s.joined = s.joined[:0]
	for _, letter := range s.choice(byOrder).value {
		s.joined = append(s.joined, s.part(letter).Value...)
	}
	for _, c := range s.candidates {
		var digest []byte
		if s.work -= len(s.joined) + 512; s.chosen[byAlgorithm] > 0 {
			digest = s.choice(byAlgorithm).sum(secret, s.joined, len(c.digest))
		} else if len(c.digest) == sha256.Size { // the right way, with the state of each key kept
			mac := &s.macs[s.chosen[bySecretKey]]
			if *mac == nil {
				*mac = hmac.New(sha256.New, secret)
			}
			(*mac).Reset()
			(*mac).Write(s.joined)
			digest = (*mac).Sum(nil)
		}
		if hmac.Equal(digest, c.digest) {
			s.found = c
			return true
		}
	}
	return false
}

// part returns the part of the message that a letter of an order stands for. A separator stands for itself.
func (s *search) part(letter rune) Part {
	switch letter {
	case 'R':
		return Part{"randomKey", s.choice(byRandomKey).value}
	case 'P':
		return Part{"path", s.choice(byPath).value}
	case 'B':
		return Part{"body", s.body}
	case 'A':
		return Part{"apiKey", s.apiKey}
	case 'S':
		return Part{"secretKey", s.choice(bySecretKey).value}
	}
	return Part{"separator", string(letter)}
}

func (s *search) message() (m Message) {
	for _, letter := range s.choice(byOrder).value {
		m = append(m, s.part(letter))
		if letter == 'A' || letter == 'S' {
			m[len(m)-1].Value = ""
		}
	}
	return m
}

func (s *search) codes() []string {
	codes := slices.Clone(s.bodyCodes)
	for question := range questions {
		codes = append(codes, s.choice(question).codes...)
	}
	return append(codes, s.found.codes...)
}

// variants collects the variants of one question, without duplicates.
type variants []variant

func (l *variants) add(codes string, values ...string) {
	for _, value := range values {
		if len(value) <= maxHeader && !slices.ContainsFunc(*l, func(v variant) bool { return v.value == value }) {
			*l = append(*l, variant{codes: strings.Fields(codes), value: value})
		}
	}
}

func secretKeys(apiKey, secretKey string) []variant {
	l := variants{{value: secretKey}}
	l.add("secret_key.is_api_key", apiKey)
	l.add("secret_key.space", strings.TrimSpace(secretKey))
	for _, space := range []string{" ", "\n", "\r\n", "\t", "\r", "\u00a0", "\ufeff", "\u200b"} {
		l.add("secret_key.space", secretKey+space, space+secretKey)
	}
	l.add("secret_key.quotes", `"`+secretKey+`"`, `'`+secretKey+`'`)
	return l
}

// paths returns the variants of the path.
func paths(host, path, query string) []variant {
	l := variants{{value: path}}
	add := func(code string, values ...string) { // alone, and with the query, the most common mistake
		for _, value := range values {
			l.add(code, value)
			if query != "" {
				l.add(code+" path.query", value+"?"+query)
			}
		}
	}
	if query != "" {
		l.add("path.query", path+"?"+query, path+"?"+query[:max(0, strings.LastIndexByte(query, '&'))])
	}
	l.add("path.query", path+"?locale=tr", path+"?locale=en")
	for _, server := range []string{host, "sandbox-api.iyzipay.com", "api.iyzipay.com"} {
		if server != "" {
			add("path.host", "https://"+server+path, "http://"+server+path, server+path)
		}
	}
	for _, url := range []string{"http://" + host + path, "https://" + host + path} {
		l.add("path.dotnet", dotNet(url), dotNet(url+"?"+query))
	}
	add("path.left_out", "")
	for _, space := range []string{" ", "\n", "\r\n", "\t", "\r", "%20", "%0A", "%0D%0A", "%09", "%0D"} {
		add("path.space", path+space, strings.TrimSuffix(path, space))
	}
	add("path.slash", path+"/", strings.TrimRight(path, "/"), path[1:], "/"+path, "/"+strings.TrimLeft(path, "/"))
	if unescaped, err := url.PathUnescape(path); err == nil {
		add("path.unescaped", unescaped)
		add("path.space", strings.TrimRight(unescaped, " \t\r\n"))
	}
	for _, name := range []string{"requestId", "referenceCode", "id"} {
		before := path[:strings.LastIndexByte(path, '/')+1]
		add("path.template", before+"{"+name+"}", before+"%7B"+name+"%7D", before+":"+name)
	}
	return l
}

// dotNet returns what iyzipay-dotnet signs of a URL.
func dotNet(url string) string {
	if _, after, ok := strings.Cut(url, ".com"); ok {
		return after
	}
	return url[3:]
}

// orders are the ways to join the parts: a letter for each, and separators.
func orders() []variant {
	l := variants{{value: "RPB"}}
	l.add("message.order", "PRB", "RBP", "PBR", "BRP", "BPR")
	l.add("message.separator", "R:P:B", "R\nP\nB", "R&P&B")
	l.add("message.key", "SRPB", "RPBS", "ARSPB", "ARSB", "ARPB", "RAPB", "RPBA")
	return l
}

// algorithms are the ways to compute the digest. For the right one see matches.
var algorithms = []variant{
	{},
	{codes: []string{"algorithm.swapped"}, sum: func(secret, message []byte, size int) []byte { return hmacOf(size, message, secret) }},
	{codes: []string{"algorithm.hash"}, sum: func(secret, message []byte, size int) []byte { return hmacOf(size, secret, message) }},
	{codes: []string{"algorithm.no_hmac"}, sum: func(_, message []byte, size int) []byte { return hashOf(size, message) }},
	{codes: []string{"algorithm.no_hmac"}, sum: func(secret, message []byte, size int) []byte { return hashOf(size, secret, message) }},
	{codes: []string{"algorithm.no_hmac"}, sum: func(secret, message []byte, size int) []byte { return hashOf(size, message, secret) }},
}

// hashes are the algorithms that a digest of so many bytes may come from.
var hashes = map[int]func() hash.Hash{sha1.Size: sha1.New, sha256.Size: sha256.New, sha512.Size: sha512.New}

func hmacOf(size int, key, message []byte) []byte {
	mac := hmac.New(hashes[size], key)
	mac.Write(message)
	return mac.Sum(nil)
}

func hashOf(size int, parts ...[]byte) []byte {
	h := hashes[size]()
	h.Write(bytes.Join(parts, nil))
	return h.Sum(nil)
}
