package main

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/iyzico-go/masspayout/internal/spec/document"
	"github.com/iyzico-go/masspayout/internal/spec/record"
)

// site serves a page that a test can change.
type site struct {
	*httptest.Server
	mu     sync.Mutex // guards the rest, which a request that was given up may still read
	body   string
	status int
	wait   time.Duration
}

func newSite(t *testing.T, body string) *site {
	s := &site{body: body, status: http.StatusOK}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		body, status, wait := s.body, s.status, s.wait
		s.mu.Unlock()
		if wait > 0 {
			select {
			case <-time.After(wait):
			case <-r.Context().Done():
				return
			}
		}
		w.WriteHeader(status)
		w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s
}

// serve changes the page; a status of 0 is 200.
func (s *site) serve(body string, status int, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body, s.status, s.wait = body, cmp.Or(status, http.StatusOK), wait
}

// page is a documentation page around a document, with text and other blocks after it.
func page(text string) string {
	return "# Toplu Ödeme Başlatma\n\n> Yeni bir toplu ödeme oluşturur.<br>\n\n```json\n" + text +
		"\n```\n\n## Örnek\n\n```json\n{\"merchantId\":000000}\n```\n"
}

// recordCurrent makes the copy's record that of its document.
func (m module) recordCurrent(address string) {
	m.t.Helper()
	parsed, err := document.Parse([]byte(m.read(documentFile)))
	if err != nil {
		m.t.Fatal(err)
	}
	readme, err := record.Replace(m.read(recordFile), record.Record{
		Page: address, Date: "2026-01-02", Version: parsed.Version, SHA256: parsed.SHA256,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	m.write(recordFile, readme)
	m.commit("record")
}

func TestRefreshOfAnUnchangedPage(t *testing.T) {
	t.Parallel()
	m := newModule(t)
	s := newSite(t, page(strings.ReplaceAll(m.read(documentFile), "\n", " ")))
	m.recordCurrent(s.URL + "/page.md")
	file := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(file, []byte(s.body), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"the page of record": {"refresh"},
		"an address":         {"refresh", "-from", s.URL + "/other.md"},
		"a saved copy":       {"refresh", "-from", file},
		"the bare document":  {"refresh", "-from", m.path(documentFile)},
	} {
		code, out, errOut := m.spec(args...)
		if code != exitOK || !strings.Contains(out, "nothing was changed") {
			t.Errorf("%s: exit code %d:\n%s%s", name, code, out, errOut)
		}
		if status := m.git("status", "--porcelain"); status != "" {
			t.Errorf("%s changed the tree:\n%s", name, status)
		}
	}
}

func TestRefreshRefuses(t *testing.T) {
	t.Parallel()
	m := newModule(t)
	text := m.read(documentFile)
	s := newSite(t, "")
	m.recordCurrent(s.URL + "/page.md")
	for _, test := range []struct {
		name, body, says string
		status           int
		wait             time.Duration
		args             []string
	}{
		{name: "no JSON block", body: "# Taşındı\n", says: "without a JSON block"},
		{name: "several candidates", body: page(text) + page(text), says: "got 2"},
		{name: "invalid JSON", body: page(text[:len(text)-4]), says: "invalid JSON"},
		{name: "another API", body: page(strings.ReplaceAll(text, document.Operation, "/v1/other")), says: "another API"},
		{name: "HTML", body: "<!doctype html><html>", says: "an HTML page"},
		{name: "too long", body: page(text), says: "expected at most 100 bytes", args: []string{"-max-bytes", "100"}},
		{name: "timeout", body: page(text), wait: time.Minute, says: "within 50ms", args: []string{"-timeout", "50ms"}},
		{name: "not found", body: page(text), status: 404, says: "got 404"},
		{name: "unavailable", body: page(text), status: 503, says: "got 503"},
		{name: "no such file", says: "no such file", args: []string{"-from", m.path("nowhere.md")}},
	} {
		s.serve(test.body, test.status, test.wait)
		code, out, errOut := m.spec(append([]string{"refresh"}, test.args...)...)
		if code != exitFailed || out != "" {
			t.Errorf("%s: exit code %d, stdout %q", test.name, code, out)
		}
		wantContains(t, test.name+": stderr", errOut, test.says, "nothing was changed")
		if status := m.git("status", "--porcelain", "--ignored"); status != "" {
			t.Errorf("%s changed the tree:\n%s", test.name, status)
		}
	}
}

func TestRefreshWithoutARecord(t *testing.T) {
	t.Parallel()
	m := newModule(t)
	m.write(recordFile, "# Inputs\n")
	code, _, errOut := m.spec("refresh", "-from", m.path(documentFile))
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	wantContains(t, "stderr", errOut, recordFile, "expected one block between")

	m.write(recordFile, "<!-- source: written by make spec -->\n<!-- /source -->\n")
	code, _, errOut = m.spec("refresh")
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	wantContains(t, "stderr", errOut, "expected -from")
}

// What a change writes beside the report.
func TestRefreshWritesTheDocumentAndItsRecord(t *testing.T) {
	t.Parallel()
	m := newModule(t)
	m.recordCurrent("https://docs.iyzico.com/page.md")
	changed := strings.Replace(m.read(documentFile), `"version": "`, `"version": "9.`, 1)
	s := newSite(t, page(changed))
	address := strings.Replace(s.URL, "http://", "http://user:secret@", 1) + "/page.md"

	reportFile := filepath.Join(t.TempDir(), "report.md")
	code, out, errOut := m.spec("refresh", "-from", address, "-report", reportFile)
	if code != exitOK {
		t.Fatalf("exit code %d:\n%s%s", code, out, errOut)
	}
	if written, err := os.ReadFile(reportFile); err != nil || string(written) != out {
		t.Errorf("the report's file: %v\n%s", err, written)
	}
	if got := m.read(documentFile); got != changed {
		t.Errorf("%s is not the page's document", documentFile)
	}
	recorded, err := record.Parse(m.read(recordFile))
	sum, _ := document.Sum([]byte(changed))
	if err != nil || recorded.Page != s.URL+"/page.md" || recorded.SHA256 != sum || recorded.Copy != "" ||
		!strings.HasPrefix(recorded.Version, "9.") || recorded.Date == "2026-01-02" {
		t.Errorf("recorded %+v, %v", recorded, err)
	}
	if status := m.git("status", "--porcelain"); status != " M api/README.md\n M api/openapi.json\n" {
		t.Errorf("the refresh changed\n%s", status)
	}

	// From a saved copy, the page keeps its address.
	m.git("reset", "-q", "--hard")
	file := filepath.Join(t.TempDir(), "saved.md")
	if err := os.WriteFile(file, []byte(page(changed)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errOut := m.spec("refresh", "-from", file); code != exitOK {
		t.Fatalf("exit code %d:\n%s%s", code, out, errOut)
	}
	recorded, err = record.Parse(m.read(recordFile))
	if err != nil || recorded.Page != "https://docs.iyzico.com/page.md" || recorded.Copy != "saved.md" {
		t.Errorf("recorded %+v, %v", recorded, err)
	}
	if strings.Contains(m.read(recordFile), filepath.Dir(file)) {
		t.Error("the record has the copy's folder, which means nothing to others")
	}
}
