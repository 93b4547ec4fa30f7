package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/iyzico-go/masspayout/internal/pages"
)

// input is one page as it was read, or why it was not.
type input struct {
	name    string // the file or address
	address string // where an address led to
	page    int    // the one on record that was asked for, or -1
	text    []byte
	err     error
}

// limits bound what reading may cost; a page has some 4 kB. wait is the pause before a failed fetch is tried again.
type limits struct {
	bytes   int64
	timeout time.Duration
	retries int
	wait    time.Duration
}

var defaults = limits{bytes: 4 << 20, timeout: 30 * time.Second, retries: 3, wait: 2 * time.Second}

// inputs reads the pages at an address, in a file or in a folder, or at all addresses on record if from is empty.
func inputs(ctx context.Context, from string, all []pages.Page, l limits) ([]input, error) {
	switch {
	case from == "":
		var read []input
		for i, page := range all {
			if page.Address != "" {
				in := fetch(ctx, page.Address, l)
				in.page = i
				read = append(read, in)
			}
		}
		return read, nil
	case strings.HasPrefix(from, "https://") || strings.HasPrefix(from, "http://"):
		return []input{fetch(ctx, from, l)}, nil
	}
	info, err := os.Stat(from)
	if err != nil {
		return nil, fmt.Errorf("expected a file, a folder or an address that starts with https://: %w", err)
	}
	names := []string{from}
	if info.IsDir() {
		names = nil
		for _, pattern := range []string{"*.md", "*.json", "*.html", "*.txt"} {
			found, err := filepath.Glob(filepath.Join(from, pattern))
			if err != nil {
				return nil, err
			}
			names = append(names, found...)
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("%s: expected pages, that is, files that end in .md or .json, got none", from)
		}
		slices.Sort(names)
	}
	var read []input
	for _, name := range names {
		in := input{name: filepath.Base(name), page: -1}
		if file, err := os.Open(name); err != nil {
			in.err = err
		} else {
			in.text, in.err = readAll(file, l.bytes)
			file.Close()
		}
		read = append(read, in)
	}
	return read, nil
}

func fetch(ctx context.Context, address string, l limits) input {
	in := input{name: address, page: -1}
	client := retryablehttp.NewClient()
	client.Logger = nil
	client.RetryMax, client.RetryWaitMin, client.RetryWaitMax = l.retries, l.wait, 8*l.wait
	client.ErrorHandler = retryablehttp.PassthroughErrorHandler
	client.HTTPClient.Timeout = l.timeout
	client.HTTPClient.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return errors.New("expected at most 5 redirects")
		}
		return safe(next.URL)
	}
	request, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		in.err = err
		return in
	}
	if in.err = safe(request.URL); in.err != nil {
		return in
	}
	request.Header.Set("Accept", "text/markdown, application/json;q=0.9, */*;q=0.1")
	request.Header.Set("User-Agent", "iyzico-go-masspayout-spec")
	response, err := client.Do(request)
	if err != nil {
		in.err = err
		return in
	}
	defer response.Body.Close()
	in.address = response.Request.URL.Redacted()
	if response.StatusCode != http.StatusOK {
		in.err = fmt.Errorf("expected HTTP 200 from %s, got %s", in.address, response.Status)
		return in
	}
	in.text, in.err = readAll(response.Body, l.bytes)
	return in
}

// safe allows plain http on loopback only: who can change the document on its way can change where money goes.
func safe(address *url.URL) error {
	host := address.Hostname()
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	if address.User != nil || address.Scheme != "https" && !(address.Scheme == "http" && loopback) {
		return fmt.Errorf("expected an address that starts with https:// and has no user in it, got %s", address.Redacted())
	}
	return nil
}

// readAll reads up to limit bytes, and fails rather than cut a page off.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	page, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(page)) > limit {
		err = fmt.Errorf("expected at most %d bytes, got more", limit)
	}
	return page, err
}
