package emulator

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strings"
)

// pagePrefix is where the page and its HTTP API are.
const pagePrefix = "/_emulator/"

// pageExchanges is how many requests the page keeps, unless WithExchanges says otherwise.
const pageExchanges = 1000

// WithPage serves a page for people at /_emulator/, and under the same prefix an HTTP API for tests in any language,
// both to clients on this machine only. They show payouts, the ledger and requests, with recipients and keys masked,
// and do what the methods of [Emulator] do. The last 1,000 requests are kept, unless [WithExchanges] says otherwise. By
// default there is neither. docs/emulator-api.md describes the API.
func WithPage() Option {
	return func(c *config) error {
		c.page = func(e *Emulator) pager { return newPage(e) }
		if c.exchanges == 0 {
			c.exchanges = pageExchanges
		}
		return nil
	}
}

//go:embed page/page.html page/page.css page/page.js page/icon.svg page/texts.json
var pageFiles embed.FS

// The page's texts by language: a text, or one for each plural form.
var pageTexts = func() map[string]map[string]any {
	raw, _ := pageFiles.ReadFile("page/texts.json")
	var texts map[string]map[string]any
	if err := json.Unmarshal(raw, &texts); err != nil {
		panic(err)
	}
	return texts
}()

var pageTemplates = func() map[string]*template.Template {
	byLanguage := map[string]*template.Template{}
	for lang, texts := range pageTexts {
		t := func(key string) (string, error) {
			text, ok := texts[key].(string)
			if !ok {
				return "", fmt.Errorf("no text %q in %q", key, lang)
			}
			return text, nil
		}
		byLanguage[lang] = template.Must(
			template.New("page.html").Funcs(template.FuncMap{"t": t}).ParseFS(pageFiles, "page/page.html"))
	}
	return byLanguage
}()

// page serves the page and its API.
type page struct {
	e       *Emulator
	handler http.Handler
}

func newPage(e *Emulator) *page {
	p := &page{e: e}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+pagePrefix+"{$}", p.html)
	for _, name := range []string{"page.css", "page.js", "icon.svg"} {
		mux.HandleFunc("GET "+pagePrefix+name, p.file)
	}
	p.control(mux)
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, http.StatusForbidden, errOtherSite)
	}))
	p.handler = protection.Handler(mux)
	return p
}

// serve reports whether the request was for the page or its API.
func (p *page) serve(w http.ResponseWriter, r *http.Request) bool {
	start := r.URL.Path == "/" && r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
	if !start && r.URL.Path+"/" != pagePrefix && !strings.HasPrefix(r.URL.Path, pagePrefix) {
		return false
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "+
		"require-trusted-types-for 'script'; trusted-types 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	switch {
	case !isLocal(r):
		writeError(w, http.StatusForbidden, errNotLocal)
	case start || r.URL.Path+"/" == pagePrefix:
		http.Redirect(w, r, pagePrefix, http.StatusSeeOther)
	default:
		p.handler.ServeHTTP(w, r)
	}
	return true
}

var (
	errNotLocal  = errors.New("the emulator's page is for this machine only: use 127.0.0.1 or localhost")
	errOtherSite = errors.New("the emulator's page changes nothing for another site")
)

// isLocal reports whether a request comes from this machine and names it: a page elsewhere whose name was bound to
// 127.0.0.1 does not.
func isLocal(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() {
		return false
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.Unmap().IsLoopback()
}

func (p *page) file(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pageFiles, "page/"+path.Base(r.URL.Path))
}

// langCookie remembers the language.
const langCookie = "emulator-lang"

func (p *page) html(w http.ResponseWriter, r *http.Request) {
	lang := r.URL.Query().Get("lang")
	if _, ok := pageTexts[lang]; ok {
		http.SetCookie(w, &http.Cookie{
			Name: langCookie, Value: lang, Path: pagePrefix, MaxAge: 365 * 24 * 60 * 60,
			HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
	} else if cookie, err := r.Cookie(langCookie); err == nil && pageTexts[cookie.Value] != nil {
		lang = cookie.Value
	} else {
		lang = preferred(r.Header.Get("Accept-Language"))
	}
	var b bytes.Buffer
	err := pageTemplates[lang].Execute(&b, struct {
		Lang               string
		Texts              map[string]any
		Operations         []Operation
		Faults, MoreFaults []string
		Parts, Terms       []string
		Keys               bool // whether the keys are those that are no secret
		APIKey, SecretKey  string
	}{
		Keys:   p.e.hasDefaultKeys(),
		APIKey: DefaultAPIKey, SecretKey: DefaultSecretKey,
		Lang: lang, Texts: pageTexts[lang],
		Operations: []Operation{OpInit, OpAuth, OpRetrieve, OpItem, OpCancel, OpBalance},
		Faults:     []string{"lost", "cut", "rateLimited", "html", "slow", "systemError"},
		MoreFaults: []string{"failureWith200", "notEnabled", "unauthorized", "unprocessable", "truncated", "redirect",
			"stale", "readLag", "otherPayout", "duplicate"},
		Parts: []string{"sent", "reserved", "unsettled", "back", "stuck"},
		Terms: []string{"sent", "reserved", "unsettled", "stuck"},
	})
	if err != nil {
		writeError(w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes())
}

func (e *Emulator) hasDefaultKeys() bool {
	secretKey, known := e.keys(DefaultAPIKey)
	return known && secretKey == DefaultSecretKey
}

// preferred returns the page's language that an Accept-Language header prefers, or else English.
func preferred(header string) string {
	best, bestWeight := "en", 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			if _, err := fmt.Sscan(q, &weight); err != nil {
				weight = 0
			}
		}
		if _, ok := pageTexts[lang]; ok && weight > bestWeight {
			best, bestWeight = lang, weight
		}
	}
	return best
}
