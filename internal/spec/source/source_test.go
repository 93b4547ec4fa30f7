package source

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const text = "# Toplu Ödeme\n"

var limits = Limits{Bytes: 1000, Timeout: time.Minute}

// handlers answer in the ways that a site can.
func handlers() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/page.md", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(text)) })
	mux.HandleFunc("/moved.md", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/page.md", http.StatusMovedPermanently)
	})
	mux.HandleFunc("/loop.md", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop.md", http.StatusFound) })
	mux.HandleFunc("/plain.md", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://192.0.2.1/page.md", http.StatusFound)
	})
	mux.HandleFunc("/slow.md", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(time.Minute):
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/stalls.md", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(text))
		w.(http.Flusher).Flush()
		select {
		case <-time.After(time.Minute):
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/cut.md", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "500")
		w.Write([]byte(text))
	})
	mux.HandleFunc("/just.md", func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte("x"), 1000)) })
	mux.HandleFunc("/long.md", func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte("x"), 1001)) })
	mux.HandleFunc("/bomb.md", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		z.Write(make([]byte, 1<<20))
		z.Close()
	})
	mux.HandleFunc("/down.md", func(w http.ResponseWriter, r *http.Request) { http.Error(w, text, http.StatusServiceUnavailable) })
	mux.HandleFunc("/none.md", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return mux
}

func TestRead(t *testing.T) {
	server := httptest.NewServer(handlers())
	defer server.Close()
	for _, test := range []struct{ path, says string }{
		{"/page.md", ""},
		{"/moved.md", ""},
		{"/just.md", ""},
		{"/loop.md", "expected at most 5 redirects"},
		{"/plain.md", "expected an address that starts with https://"},
		{"/slow.md", "expected the whole answer within 100ms"},
		{"/stalls.md", "expected the whole answer within 100ms"},
		{"/cut.md", "unexpected EOF"},
		{"/long.md", "expected at most 1000 bytes"},
		{"/bomb.md", "expected at most 1000 bytes"},
		{"/down.md", "expected HTTP 200 from " + server.URL + "/down.md, got 503"},
		{"/none.md", "got 204"},
		{"/gone.md", "got 404"},
	} {
		limits := limits
		if strings.Contains(test.says, "100ms") {
			limits.Timeout = 100 * time.Millisecond
		}
		page, err := Read(t.Context(), server.URL+test.path, limits)
		switch {
		case test.says == "" && (err != nil || len(page) == 0):
			t.Errorf("%s: got %q, %v", test.path, page, err)
		case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
			t.Errorf("%s: got %v, want an error with %q", test.path, err, test.says)
		}
	}
}

func TestReadRefusesAddresses(t *testing.T) {
	for _, address := range []string{"http://docs.iyzico.com/x.md", "http://localhost.example/x.md", "http://[::2]/x.md"} {
		_, err := Read(t.Context(), address, limits)
		if err == nil || !strings.Contains(err.Error(), "starts with https://") {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	if _, err := Read(t.Context(), path, limits); err == nil || !strings.Contains(err.Error(), "expected a file or an address") {
		t.Errorf("no file: got %v", err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if page, err := Read(t.Context(), path, limits); err != nil || string(page) != text {
		t.Errorf("got %q, %v", page, err)
	}
	if _, err := Read(t.Context(), path, Limits{Bytes: 3}); err == nil {
		t.Error("read a file that is too long")
	}
	if _, err := Read(t.Context(), filepath.Dir(path), limits); err == nil {
		t.Error("read a folder")
	}
}
