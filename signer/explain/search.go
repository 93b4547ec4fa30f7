package explain

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// What a client can get wrong. A search varies the last of these first, so the most common mistakes come last: of a
// large body, not all can be tried.
const (
	byAlgorithm = iota
	byOrder
	byPath
	byRandomKey
	byQuery
	bySecretKey
	byBody
	questions
)

// variant is one way to do one of these.
type variant struct {
	mistakes int
	codes    string
	value    string
	mac      hash.Hash // of a secret key that was used
}

// variants are those of one question, the right one first.
type variants []variant

func right(value string) variants { return variants{{value: value}} }

// wrong adds variants with one mistake.
func (l variants) wrong(code string, values ...string) variants {
	for _, value := range values {
		l = l.add(1, code, value)
	}
	return l
}

// add adds a variant with so many mistakes, unless its value is already there.
func (l variants) add(mistakes int, codes, value string) variants {
	if slices.ContainsFunc(l, func(v variant) bool { return v.value == value }) {
		return l
	}
	return append(l, variant{mistakes: mistakes, codes: codes, value: value})
}

const (
	maxWork   = 128 << 20 // bytes of messages; every message counts as 512 bytes more than it has
	maxHeader = 16 << 10  // bytes of a header or a request target
)

// search looks for the mistakes that produce a digest.
type search struct {
	apiKey   string
	digest   []byte
	variants [questions]variants
	chosen   [questions]*variant
	message  []byte
	work     int
}

// run tries no mistake, for a header that has one, then one mistake, then two. The order of the body's keys comes last:
// there are so many.
func (s *search) run(body string) (found, complete bool) {
	d := parse(body)
	s.variants[byBody], complete = bodies(body, d)
	for mistakes := range 3 {
		if s.try(0, mistakes) {
			return true, true
		}
	}
	found = d != nil && complete && s.tryKeyOrders(d)
	return found, complete && s.work > 0
}

// try tries the given question and those after it with so many mistakes.
func (s *search) try(question, mistakes int) bool {
	if question == questions {
		return mistakes == 0 && s.matches()
	}
	for i := range s.variants[question] {
		v := &s.variants[question][i]
		if i > 0 && mistakes == 0 || s.work <= 0 {
			break
		}
		s.chosen[question] = v
		if v.mistakes <= mistakes && s.try(question+1, mistakes-v.mistakes) {
			return true
		}
	}
	return false
}

func (s *search) matches() bool {
	s.message = s.message[:0]
	for _, letter := range s.chosen[byOrder].value {
		s.message = append(s.message, s.part(letter).Value...)
	}
	s.work -= len(s.message) + 512
	return hmac.Equal(s.sum(), s.digest)
}

// sum computes the digest of the message by the chosen algorithm.
func (s *search) sum() []byte {
	key := s.chosen[bySecretKey]
	secret := []byte(key.value)
	hash := hashes[len(s.digest)]
	switch s.chosen[byAlgorithm].value {
	case "HMAC":
		return sumOf(hmac.New(hash, secret), s.message)
	case "HMAC swapped":
		return sumOf(hmac.New(hash, s.message), secret)
	case "hash":
		return sumOf(hash(), s.message)
	case "hash, key first":
		return sumOf(hash(), secret, s.message)
	case "hash, key last":
		return sumOf(hash(), s.message, secret)
	}
	if key.mac == nil {
		key.mac = hmac.New(sha256.New, secret)
	}
	key.mac.Reset()
	return sumOf(key.mac, s.message)
}

// hashes are the algorithms that a digest of so many bytes may come from.
var hashes = map[int]func() hash.Hash{sha1.Size: sha1.New, sha256.Size: sha256.New, sha512.Size: sha512.New}

func sumOf(h hash.Hash, parts ...[]byte) []byte {
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// part returns the part of the message that a letter of an order stands for. A separator stands for itself.
func (s *search) part(letter rune) Part {
	switch letter {
	case 'R':
		return Part{"randomKey", s.chosen[byRandomKey].value}
	case 'P':
		return Part{"path", s.chosen[byPath].value + s.chosen[byQuery].value}
	case 'B':
		return Part{"body", s.chosen[byBody].value}
	case 'A':
		return Part{"apiKey", s.apiKey}
	case 'S':
		return Part{"secretKey", s.chosen[bySecretKey].value}
	}
	return Part{"separator", string(letter)}
}

// signed returns the message that was found.
func (s *search) signed() (m Message) {
	for _, letter := range s.chosen[byOrder].value {
		part := s.part(letter)
		if letter == 'A' || letter == 'S' {
			part.Value = ""
		}
		m = append(m, part)
	}
	return m
}

func (s *search) codes() (codes []string) {
	for _, v := range s.chosen {
		codes = append(codes, strings.Fields(v.codes)...)
	}
	return codes
}

// spaces are what is copied with a key or an ID, or read from a file's line.
var spaces = []string{" ", "\n", "\r\n", "\t", "\r", "\u00a0", "\ufeff", "\u200b"}

func secretKeys(apiKey, secretKey string) variants {
	l := right(secretKey).wrong("secret_key.is_api_key", apiKey)
	l = l.wrong("secret_key.space", strings.TrimSpace(secretKey), `"`+secretKey+`"`, `'`+secretKey+`'`)
	for _, space := range spaces {
		l = l.wrong("secret_key.space", secretKey+space, space+secretKey)
	}
	return l
}

var spaceAtEnd = regexp.MustCompile(`( |%20|%09|%0[aA]|%0[dD])+$`)

func paths(host, path, query string) variants {
	l := right(path)
	if len(host)+len(path)+len(query) > maxHeader {
		return l
	}
	for _, server := range []string{host, "sandbox-api.iyzipay.com", "api.iyzipay.com"} {
		l = l.wrong("path.host", "https://"+server+path, "http://"+server+path, server+path)
	}
	for _, url := range []string{"http://" + host + path, "https://" + host + path} {
		l = l.wrong("path.dotnet", dotNet(url), dotNet(url+"?"+query))
	}
	l = l.wrong("path.left_out", "").wrong("path.space", spaceAtEnd.ReplaceAllString(path, ""))
	for _, space := range spaces {
		l = l.wrong("path.space", path+space, path+url.PathEscape(space))
	}
	l = l.wrong("path.slash", path+"/", strings.TrimRight(path, "/"), "/"+path, path[1:])
	if unescaped, err := url.PathUnescape(path); err == nil {
		l = l.wrong("path.unescaped", unescaped)
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
