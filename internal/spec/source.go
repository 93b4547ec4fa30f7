package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/go-retryablehttp"
	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// input is one page as it was read, or why it was not.
type input struct {
	name    string // the file or address
	address string // where an address led to
	own     string // the address that the page names as its own
	want    string // the file of the page that was asked for
	decided bool   // a person says that it is that one
	text    []byte
	err     error
}

var newFile = regexp.MustCompile(`^[a-z0-9-]+\.(tr|en)\.json$`)

// inputs reads the pages at an address, in a file or in a folder, or at all addresses on record if from is empty. page
// is the file on record, or of a new page, that a person says it is.
func inputs(ctx context.Context, client *retryablehttp.Client, from, page string, all []pages.Page) (read []input, err error) {
	as := input{name: from, want: page, decided: page != ""}
	onRecord := slices.ContainsFunc(all, func(p pages.Page) bool { return p.File == page })
	info, err := os.Stat(from)
	switch {
	case page != "" && !onRecord && !newFile.MatchString(page):
		return nil, fmt.Errorf("-page: expected a file on record, or a new one such as refund.tr.json, got %q", page)
	case page != "" && (from == "" || err == nil && info.IsDir()):
		return nil, errors.New("-page: expected -from, too, and in it one file or address")
	case from == "":
		for _, page := range all {
			if page.Address != "" {
				in := input{name: page.Address, want: page.File}
				in.text, in.address, in.err = fetch(ctx, client, page.Address)
				read = append(read, in)
			}
		}
		return read, nil
	case strings.Contains(from, "://"):
		as.text, as.address, as.err = fetch(ctx, client, from)
		return []input{as}, nil
	case err != nil:
		return nil, fmt.Errorf("expected a file, a folder or an address that starts with https://: %w", err)
	}
	names := []string{from}
	if info.IsDir() {
		names, _ = filepath.Glob(filepath.Join(from, "*"))
	}
	for _, name := range names {
		if name == from || slices.Contains([]string{".md", ".json", ".html", ".txt"}, filepath.Ext(name)) {
			as.name = filepath.Base(name)
			if as.text, as.err = os.ReadFile(name); len(as.text) > largest {
				as.err = errTooLarge
			}
			read = append(read, as)
		}
	}
	if len(read) == 0 {
		return nil, fmt.Errorf("%s: expected pages, that is, files that end in .md or .json, got none", from)
	}
	return read, nil
}

const largest = 4 << 20 // bytes of a page that is read; those of iyzico have some 4 kB
var errTooLarge = fmt.Errorf("expected at most %d bytes, got more", largest)

// newClient tries again what failed for a while, and bounds what a page may cost.
func newClient() *retryablehttp.Client {
	client := retryablehttp.NewClient()
	client.RetryMax, client.RetryWaitMin, client.RetryWaitMax = 3, 2*time.Second, 16*time.Second
	client.Logger, client.ErrorHandler = nil, retryablehttp.PassthroughErrorHandler
	client.HTTPClient.Timeout = 30 * time.Second
	client.HTTPClient.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return errors.New("expected at most 5 redirects")
		}
		return safe(next.URL)
	}
	return client
}

// fetch reads a page, and returns where it was: the address that redirects led to.
func fetch(ctx context.Context, client *retryablehttp.Client, address string) (text []byte, at string, err error) {
	request, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err == nil {
		err = safe(request.URL)
	}
	if err != nil {
		return nil, "", err
	}
	request.Header.Set("Accept", "text/markdown, application/json;q=0.9, */*;q=0.1")
	request.Header.Set("User-Agent", "iyzico-go-masspayout-spec")
	response, err := client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	at = response.Request.URL.String()
	if response.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("expected HTTP 200 from %s, got %s", at, response.Status)
	}
	text, err = io.ReadAll(io.LimitReader(response.Body, largest+1))
	if len(text) > largest {
		err = errTooLarge // rather than cut the page off
	}
	return text, at, err
}

// safe allows plain http on loopback only: who can change the document on its way can change where money goes.
func safe(address *url.URL) error {
	host := address.Hostname()
	loopback := host == "localhost" || net.ParseIP(host).IsLoopback()
	if address.User != nil || address.Scheme != "https" && !(address.Scheme == "http" && loopback) {
		return fmt.Errorf("expected an address that starts with https:// and has no user in it, got %s", address.Redacted())
	}
	return nil
}

// same reports whether two addresses are of one page.
func same(a, b string) bool { return b != "" && pageAddress(a) == pageAddress(b) }

// pageAddress is an address without what the site adds or leaves out.
func pageAddress(address string) string {
	return strings.TrimSuffix(strings.TrimSuffix(address[:strings.IndexAny(address+"#", "#?")], "/"), ".md")
}

// slug is the last word of a page's address.
func slug(address string) string { return path.Base(pageAddress(address)) }

const indexFile = "llms.txt" // of all pages of a site

// ours are the addresses of pages about mass payouts, in both languages.
var ours = regexp.MustCompile(`(?i)/[^/]*(mass-?payout|toplu-?odeme)`)

// readIndex reads the indices of the sites that the pages on record are from, and finds those pages on record that are
// in none any more, and those about mass payouts that are not on record.
func readIndex(ctx context.Context, client *retryablehttp.Client, root string, all []pages.Page) (found []finding, err error) {
	overviews, err := os.ReadFile(filepath.Join(root, pages.Overviews))
	if err != nil {
		return nil, err
	}
	known, sites, listed := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, address := range strings.Fields(string(overviews)) {
		known[pageAddress(address)] = true
	}
	for _, page := range all {
		known[pageAddress(page.Address)] = true
		if address, err := url.Parse(page.Address); err == nil && address.Host != "" {
			sites[address.Scheme+"://"+address.Host+"/"+indexFile] = true
		}
	}
	for site := range sites {
		text, at, err := fetch(ctx, client, site)
		base, parseErr := url.Parse(at)
		if err := errors.Join(err, parseErr); err != nil {
			return nil, err
		}
		for _, link := range parse(string(text)).links {
			if address, err := base.Parse(link); err == nil && address.Host != "" {
				listed[pageAddress(address.String())] = true
			}
		}
	}
	for _, page := range all {
		if page.Address != "" && !listed[pageAddress(page.Address)] {
			found = append(found, finding{titleGone + page.File, "it is in the index of iyzico's pages no more",
				"If another page is in its place: `make spec FROM=<its address> PAGE=" + page.File + "`. If the operation is gone: " +
					"remove the page, its entry in `" + pages.RecordFile + "`, and what is written by hand for it."})
		}
	}
	if len(found) == len(all) {
		return nil, fmt.Errorf("expected an index of all pages, got %d links without any that is on record", len(listed))
	}
	for _, address := range slices.Sorted(maps.Keys(listed)) {
		if !known[address] && ours.MatchString(address) && len(found) < 30 { // the others when these are settled
			found = append(found, finding{titleNew + slug(address), address + ".md is in the index, and not on record",
				"If it is of an operation, `make spec FROM=<that address>` takes it over. If not: add it to `" +
					pages.Overviews + "`."})
		}
	}
	return found, nil
}

// markdown is what a page of the documentation holds.
type markdown struct {
	blocks []string // code blocks of JSON
	links  []string
	own    string // the address that the page names as its own, in a quote behind that of the index of all pages
}

var tag = regexp.MustCompile(`(?m)^[ \t>]*</?[A-Za-z].*$`)

// parse reads a Markdown page. A fence may also stand in a quote or a list, be indented by any amount, or stand right
// below a tag of HTML.
func parse(page string) (m markdown) {
	page = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(page)
	source := []byte(tag.ReplaceAllString(page, "")) // a tag would hide the blocks below it
	quotes, indexed := 0, false
	link := func(to string) {
		m.links = append(m.links, to)
		switch {
		case quotes == 0 || m.own != "":
		case path.Base(to) == indexFile:
			indexed = true
		case indexed && strings.HasSuffix(to, ".md"):
			m.own = to
		}
	}
	root := goldmark.New(goldmark.WithExtensions(extension.Linkify)).Parser().Parse(text.NewReader(source))
	_ = ast.Walk(root, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if node.Kind() == ast.KindBlockquote {
			quotes += map[bool]int{true: 1, false: -1}[entering]
		}
		if !entering {
			return ast.WalkContinue, nil
		}
		switch node := node.(type) {
		case *ast.FencedCodeBlock:
			text := string(node.Lines().Value(source))
			if strings.EqualFold(string(node.Language(source)), "json") || strings.HasPrefix(strings.TrimSpace(text), "{") {
				open := text != "" && len(bytes.Trim(source[node.Lines().At(node.Lines().Len()-1).Stop:], "> \t\n")) == 0
				m.blocks = append(m.blocks, strings.TrimRight(text, map[bool]string{true: "} \t\n"}[open])) // is cut off, too
			}
		case *ast.CodeBlock:
			if text := string(node.Lines().Value(source)); strings.Contains(text, "```") || strings.Contains(text, "~~~") {
				m.blocks = append(m.blocks, parse(text).blocks...)
			}
		case *ast.Link:
			link(string(node.Destination))
		case *ast.AutoLink:
			link(string(node.URL(source)))
		}
		return ast.WalkContinue, nil
	})
	return m
}

// documents returns the OpenAPI documents in a page, and the address that it names as its own: the code blocks of a
// Markdown page that are one, or the page itself if it is bare JSON. Blocks with other JSON are ignored.
func documents(page []byte) (found [][]byte, own string, err error) {
	page = bytes.TrimSpace(bytes.TrimPrefix(page, []byte("\xef\xbb\xbf")))
	start := strings.ToLower(string(page[:min(len(page), 1024)]))
	html := fmt.Errorf("expected Markdown or JSON, got an HTML page that starts with %.60q; the site serves the Markdown "+
		"under the page's address with .md", page)
	switch {
	case len(page) == 0:
		return nil, "", errors.New("the page is empty; expected Markdown or JSON")
	case page[0] == '{' || page[0] == '[':
		return [][]byte{page}, "", check(page)
	case !utf8.Valid(page):
		return nil, "", fmt.Errorf("expected UTF-8, got a compressed page or another encoding that starts with %.20q", page)
	case strings.HasPrefix(start, "<!doctype") || strings.HasPrefix(start, "<html") || strings.Contains(start, "<head"):
		return nil, "", html
	case strings.HasPrefix(start, "openapi:") || strings.Contains(start, "\nopenapi: "):
		return nil, "", errors.New("expected Markdown or JSON, got YAML")
	}
	m := parse(string(page))
	for i, block := range m.blocks {
		if !strings.Contains(block, `"openapi"`) && !strings.Contains(block, `"swagger"`) {
			continue // an example: iyzico's have numbers such as 000000, which are no JSON
		}
		if err := check([]byte(block)); err != nil {
			return nil, "", fmt.Errorf("the JSON block %d of %d: %w", i+1, len(m.blocks), err)
		}
		found = append(found, []byte(block))
	}
	switch {
	case len(found) == 0 && len(m.blocks) == 0 && page[0] == '<':
		return nil, "", html
	case len(found) == 0:
		return nil, "", fmt.Errorf("expected a block of JSON with an OpenAPI document, got none among %d", len(m.blocks))
	}
	return found, m.own, nil
}

var (
	openAPI3     = regexp.MustCompile(`^3\.\d+(\.\d+)?$`)
	plainVersion = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$`) // it goes into a title
	// The generator writes names and values into Go source, some of them without escapes.
	unsafe = regexp.MustCompile("[\"`\\\\\\p{Cc}]")
	// Where these values stand; other texts may hold anything, they become comments.
	written = regexp.MustCompile(`\.(url|name)$|\.servers\[|\.(enum|required)\[\d+\]$`)
	// These keys steer the generator, x-go-type up to any Go code; they are the overlay's, not iyzico's.
	steering = regexp.MustCompile(`^x-(go-|oapi-codegen|enum|omit|order$|deprecated-reason$)`)
)

// check refuses what is no OpenAPI document with an operation, what reads differently in different parsers (doubled
// keys and broken UTF-8), and what the client must not be generated from.
func check(document []byte) error {
	if _, err := jsontext.AppendFormat(nil, document); errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("invalid JSON, cut off: %w", err)
	} else if err != nil {
		return fmt.Errorf("invalid JSON: %w", err)
	}
	d := pages.Decode(document)
	openAPI, _ := d["openapi"].(string)
	switch {
	case d["swagger"] != nil:
		return fmt.Errorf("expected an OpenAPI 3 document, got Swagger %v", d["swagger"])
	case !openAPI3.MatchString(openAPI):
		return fmt.Errorf(`expected an OpenAPI 3 document, got "openapi": %q`, openAPI)
	case !plainVersion.MatchString(d.Version()):
		return fmt.Errorf("expected an info.version such as 1.0.1, got %q", d.Version())
	case len(d.Operations()) == 0:
		return errors.New("expected a document with an operation, got one without any")
	}
	var all any
	if err := json.Unmarshal(document, &all); err != nil {
		return err
	}
	return harmless(all, "$")
}

// harmless refuses keys that steer the generator, references out of the document, and names that end a string of Go.
func harmless(v any, at string) (err error) {
	switch v := v.(type) {
	case map[string]any:
		for key, child := range v {
			name := at + "." + key
			switch {
			case unsafe.MatchString(key):
				err = fmt.Errorf("%q: a name must not contain quotes, backslashes or control characters", name)
			case steering.MatchString(key) && !strings.HasSuffix(at, ".properties"):
				err = fmt.Errorf("%s: it would steer our generator; that is for api/overlay.yaml alone", name)
			default:
				err = harmless(child, name)
			}
			if err != nil {
				return err
			}
		}
	case []any:
		for i, child := range v {
			if err := harmless(child, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case string:
		switch {
		case strings.HasSuffix(at, ".$ref") && !strings.HasPrefix(v, "#/"):
			return fmt.Errorf("%s: expected a reference inside the document, got %q", at, v)
		case written.MatchString(at) && unsafe.MatchString(v):
			return fmt.Errorf("%s: it must not contain quotes, backslashes or control characters", at)
		}
	}
	return nil
}
