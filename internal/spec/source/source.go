// Package source reads the page that iyzico publishes its document on, from its address or from a saved copy.
package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Limits bound what a page may cost. The page has some 4 kB and answers at once.
type Limits struct {
	Bytes   int64
	Timeout time.Duration
}

// Default is far beyond what the page needs.
var Default = Limits{Bytes: 4 << 20, Timeout: 30 * time.Second}

// IsAddress tells an address from the name of a file.
func IsAddress(from string) bool {
	return strings.HasPrefix(from, "https://") || strings.HasPrefix(from, "http://")
}

// Read returns the page at an address or in a file.
func Read(ctx context.Context, from string, limits Limits) ([]byte, error) {
	if IsAddress(from) {
		return get(ctx, from, limits)
	}
	file, err := os.Open(from)
	if err != nil {
		return nil, fmt.Errorf("expected a file or an address that starts with https://: %w", err)
	}
	defer file.Close()
	return readAll(file, limits.Bytes)
}

func get(ctx context.Context, address string, limits Limits) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limits.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if err := checkAddress(request.URL); err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "text/markdown, application/json;q=0.9, */*;q=0.1")
	request.Header.Set("User-Agent", "iyzico-go-masspayout-spec")
	client := http.Client{CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return errors.New("expected at most 5 redirects")
		}
		return checkAddress(next.URL)
	}}
	response, err := client.Do(request)
	if err != nil {
		return nil, timedOut(err, limits)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("expected HTTP 200 from %s, got %s", address, response.Status)
	}
	page, err := readAll(response.Body, limits.Bytes)
	if err != nil {
		return nil, timedOut(fmt.Errorf("reading %s: %w", address, err), limits)
	}
	return page, nil
}

// checkAddress allows plain http on loopback only: who can change the document on its way can change where money goes.
func checkAddress(address *url.URL) error {
	host := address.Hostname()
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	if address.Scheme != "https" && !(address.Scheme == "http" && loopback) {
		return fmt.Errorf("expected an address that starts with https://, got %s", address.Redacted())
	}
	return nil
}

func timedOut(err error, limits Limits) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("expected the whole answer within %s: %w", limits.Timeout, err)
	}
	return err
}

// readAll reads up to limit bytes, and fails rather than cut a page off.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	page, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(page)) > limit {
		return nil, fmt.Errorf("expected at most %d bytes, got more", limit)
	}
	return page, nil
}
